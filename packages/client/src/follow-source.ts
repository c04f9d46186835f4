/** Following a config source: its current config and later ones. */
import type { ConfigChange } from '@sortition/core';
import { type ClientInternals, callHooks } from './client-internals.ts';
import type { PartHooks } from './part.ts';

/**
 * A config source may be shared by several clients and stops with the last one, so the clients of each source are
 * counted.
 */
const clientsOf = new WeakMap<object, number>();

/**
 * Takes the configs of the client's source.
 *
 * @param wake Called when there is a config.
 * @returns Leaves the source when the client is closed.
 */
export function followSource(client: ClientInternals, wake: () => void): PartHooks {
  const { problems, source, state, steps } = client;
  const safely = <T>(what: string, call: () => T): T | undefined => problems.guard('config', what, call);
  const take = (change: ConfigChange): void => {
    if (change.type === 'problem') {
      problems.report(change.problem);
      // The last problem of the source is the reason why there is no config, whatever part it names.
      state.configProblem = change.problem;
      return;
    }
    const { config } = change;
    if (typeof config.flags.get !== 'function') throw new TypeError('This is not a config.');
    const previousRevision = state.config?.revision ?? null;
    state.config = config;
    wake();
    safely('problems', () => {
      const found = change.problems;
      // A value that is not a list is reported by `checkedConfig`; a promise is returned, so that its rejection is a
      // problem.
      if (Array.isArray(found)) found.forEach(problems.report);
      return found;
    });
    callHooks(client, client.hooks, 'configure', config);
    client.listeners.emit('config-update', { revision: config.revision, previousRevision });
  };
  const read = (change: ConfigChange): void => {
    if (!state.isClosed) safely('change', () => (steps.readChange ?? take)(change, take));
  };
  clientsOf.set(source, (clientsOf.get(source) ?? 0) + 1);
  const leave = safely('subscribe', () => source.subscribe(read));
  safely('current', () => {
    const config = source.current();
    // Problems that are found later, when entities are read, are reported then: see `searchProblems`.
    if (config !== null)
      read({
        type: 'config',
        config,
        get problems() {
          return source.watchProblems ? [] : (source.problems?.() as never);
        },
      });
    return config;
  });
  return {
    part: 'config',
    async close() {
      if (typeof leave === 'function') safely('unsubscribe', leave);
      const others = (clientsOf.get(source) ?? 1) - 1;
      clientsOf.set(source, others);
      if (others <= 0) await source.close?.();
      return undefined;
    },
  };
}
