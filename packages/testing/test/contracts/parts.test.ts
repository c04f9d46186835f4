import { bandits, platform, reasonTexts, recordTo, sticky } from '@sortition/client';
import { createBatchEvents, createMemoryProfileStore } from 'sortition';
import { describePart } from '../../src/contracts/index.ts';

describePart('reasonTexts', () => ({ part: reasonTexts }));
describePart('recordTo', () => {
  const created: ReturnType<typeof createBatchEvents>[] = [];
  return {
    // One sink belongs to one client, as in an application.
    part: (client) => {
      const sink = createBatchEvents({ fetch: async () => new Response(null, { status: 204 }) });
      created.push(sink);
      return recordTo(sink)(client);
    },
  };
});
describePart('sticky', () => ({ part: sticky(createMemoryProfileStore()) }));
describePart('bandits', () => ({
  part: bandits({ predict: async () => ({ variationId: '13', cmabUuid: 'uuid' }) }),
}));
describePart('platform', () => ({
  part: platform({
    odp: { fetchSegments: async () => [], sendEvent: () => undefined, configure: () => undefined },
    vuid: { load: async () => 'vuid', current: () => 'vuid' },
  }),
}));
