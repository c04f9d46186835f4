/** Following a config source: the config it has, and those that come. The source is foreign code. */
import type { ConfigChange, Problem, ProjectConfig } from '@sortition/core';
import { type ClientInternals, callHooks } from './client-internals.ts';
import type { PartHooks } from './part.ts';

/** Config sources may be shared by several clients and stop with the last of them, so the clients of each are counted. */
const clientsOf = new WeakMap<object, number>();

/**
 * Takes the configs of the client's source.
 *
 * @param wake Called when there is a config.
 * @returns Leaves the source when the client is closed.
 */
export function followSource(client: ClientInternals, wake: () => void): PartHooks {
  const { problems, source, state, hooks, listeners } = client;
  /** A problem of the source; anything else is a failure of the source. */
  const passOn = (problem: Problem): void => {
    if (typeof problem.code !== 'string')
      throw new TypeError('A config source reported something that is not a problem.');
    if (state.config === null) state.configProblem = problem;
    problems.report(problem);
  };
  const install = (config: unknown, readProblems: () => unknown): void => {
    if (!isProjectConfig(config)) {
      const message =
        'The config source delivered something that is not a config, which was ignored; expected a project config as parseDatafile makes it.';
      problems.report({ code: 'invalid-config', part: 'config', message });
      return;
    }
    const previousRevision = state.config?.revision ?? null;
    state.config = config;
    state.configProblem = undefined;
    wake();
    problems.guard('config', 'problems', () => {
      const found = readProblems();
      if (Array.isArray(found)) found.forEach(passOn);
      return found;
    });
    callHooks(client, hooks, 'configure', config);
    listeners.emit('config-update', { revision: config.revision, previousRevision });
  };
  const read = (change: ConfigChange): void => {
    if (state.isClosed) return;
    problems.guard('config', 'change', () => {
      if (change.type === 'config') install(change.config, () => change.problems);
      else passOn(change.problem);
    });
  };
  clientsOf.set(source, (clientsOf.get(source) ?? 0) + 1);
  const leave: unknown = problems.guard('config', 'subscribe', () => source.subscribe(read));
  problems.guard('config', 'current', () => {
    const current: unknown = source.current();
    // What is found when entities are needed is told then: see `searchProblems`.
    if (current !== null) install(current, () => (source.watchProblems ? undefined : source.problems?.()));
    return current;
  });
  return {
    part: 'config',
    async close() {
      if (typeof leave === 'function') problems.guard('config', 'unsubscribe', () => leave());
      const others = (clientsOf.get(source) ?? 1) - 1;
      clientsOf.set(source, others);
      if (others <= 0) await source.close?.();
      return undefined;
    },
  };
}

/**
 * Tells a project config from anything else a source may deliver, such as the datafile itself, without reading its maps and
 * lists: an application that fills those by hand is responsible for their content. Throws what reading the value throws.
 */
function isProjectConfig(value: unknown): value is ProjectConfig {
  const config = value as Partial<ProjectConfig> | null | undefined;
  return (
    typeof config?.revision === 'string' &&
    typeof config.flags?.get === 'function' &&
    typeof config.events?.get === 'function' &&
    // A getter is not called: it reads all experiments, which a config may do when they are needed.
    (Object.getOwnPropertyDescriptor(config, 'experiments')?.get !== undefined || Array.isArray(config.experiments))
  );
}
