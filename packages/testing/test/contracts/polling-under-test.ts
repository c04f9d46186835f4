/** Our polling source over a server that can be disturbed. */
import { createLabServer } from '@sortition/emulator';
import { createPollingConfig, type PollingConfigOptions } from 'sortition';
import type { ConfigSourceUnderTest } from '../../src/contracts/index.ts';

/** A datafile without flags. */
export function datafileOf(revision: string): object {
  return { version: '4', revision, experiments: [], featureFlags: [], rollouts: [] };
}

/** Starts a server of its own. */
export async function createPolling(
  updates: PollingConfigOptions['updates'],
  requestTimeoutMs = 500,
): Promise<ConfigSourceUnderTest> {
  const lab = await createLabServer();
  const urlTemplate = `${lab.url}/datafiles/%s.json`;
  return {
    source: createPollingConfig({ sdkKey: 'key', urlTemplate, updates, requestTimeoutMs }),
    publish: (revision) => void lab.datafiles.publish('key', datafileOf(revision)),
    disturb(how) {
      if (how === null) lab.faults.clear();
      else lab.faults.set('datafiles', how === 'hang' ? { kind: 'hang' } : { kind: 'status', status: 500 });
    },
    close: () => lab.close(),
  };
}
