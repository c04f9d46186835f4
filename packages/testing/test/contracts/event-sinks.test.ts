import { createBatchEvents, type EventSink } from 'sortition';
import { describeEventSink } from '../../src/contracts/index.ts';

/** The batching sink over a collector that is a list. */
function createBatching() {
  const uuids: string[] = [];
  const sink = createBatchEvents({
    batchSize: 7,
    async fetch(_url, init) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (const { snapshots } of JSON.parse(String(init?.body)).visitors) uuids.push(snapshots[0].events[0].uuid);
      return new Response(null, { status: 204 });
    },
  });
  return { sink, arrived: () => uuids };
}

describeEventSink('the batching sink', createBatching);

describeEventSink('a sink that only records', () => {
  const uuids: string[] = [];
  const sink: EventSink = { record: ({ uuid }) => void uuids.push(uuid) };
  return { sink, arrived: () => uuids };
});
