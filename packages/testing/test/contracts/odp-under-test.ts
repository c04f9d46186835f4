/** Our ODP part over a platform that can be disturbed. */
import { createLabServer } from '@sortition/emulator';
import { createOdp } from '@sortition/odp';
import type { OdpUnderTest } from '../../src/contracts/index.ts';

/** Starts a platform of its own. */
export async function createOdpUnderTest(): Promise<OdpUnderTest> {
  const lab = await createLabServer();
  return {
    odp: createOdp({ allowedHosts: ['127.0.0.1'], batchSize: 7 }),
    settings: { apiKey: 'key', apiHost: lab.url, pixelUrl: '' },
    setSegments: lab.odp.setSegments,
    arrived: () => lab.odp.events,
    disturb(how) {
      if (how === null) return lab.faults.clear();
      for (const endpoint of ['odp-segments', 'odp-events'] as const) {
        lab.faults.set(endpoint, how === 'hang' ? { kind: 'hang' } : { kind: 'status', status: 500 });
      }
    },
    close: () => lab.close(),
  };
}
