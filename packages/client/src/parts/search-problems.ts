/** Reporting mistakes of a datafile whose entities are read only when a decision needs them. */
import type { ConfigSource } from '@sortition/core';
import type { Part } from '../part.ts';

/**
 * Reports the mistakes of a datafile that is read when it is needed (`readWhenNeeded` of `@sortition/datafile`): when a
 * broken entity is read, and otherwise by checking the whole datafile after the first decision, if the client has a
 * logger or a listener for problems. Other sources report problems together with the config, and do not need this part.
 *
 * @param source The option `config` of the client.
 */
export function searchProblems(source: ConfigSource): Part<never> {
  return ({ host, listeners, problems, state }) => {
    const watch = problems.guard('config', 'watchProblems', () =>
      source.watchProblems?.((found) => {
        if (!state.isClosed) problems.guard('config', 'watchProblems', () => found.forEach(problems.report));
      }),
    );
    return {
      part: 'config',
      decided() {
        if (watch && !state.isClosed && (host.logger || listeners.count('problem'))) return watch.search();
        return undefined;
      },
      close: async () => void watch?.leave(),
    };
  };
}
