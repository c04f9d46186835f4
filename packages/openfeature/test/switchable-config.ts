/** A config source that a test switches by hand. */
import { parseDatafile } from '@sortition/datafile';
import type { ConfigSource } from 'sortition';

/** The source, and what it is told to do. */
export interface SwitchableConfig extends ConfigSource {
  serve(datafile: object): void;
  /** From now on fetching fails. */
  fail(): void;
  /** From now on it works again, without a new datafile. */
  recover(): void;
}

/** Creates the source, with a config when there is a datafile. */
export function createSwitchableConfig(datafile?: object): SwitchableConfig {
  const listeners = new Set<Parameters<ConfigSource['subscribe']>[0]>();
  let parsed = datafile === undefined ? null : parseDatafile(datafile);
  let failingSince: number | null = null;
  return {
    current: () => parsed?.config ?? null,
    failingMs: () => (failingSince === null ? 0 : performance.now() - failingSince),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    serve(next) {
      parsed = parseDatafile(next);
      for (const listener of listeners) listener({ type: 'config', ...parsed });
    },
    fail() {
      failingSince ??= performance.now();
      const problem = { code: 'request-failed', part: 'config', message: 'The server did not answer.' } as const;
      for (const listener of listeners) listener({ type: 'problem', problem });
    },
    recover() {
      failingSince = null;
    },
  };
}
