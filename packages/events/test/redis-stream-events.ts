/** The example sink of the README: appends every event to a Redis stream. */
import type { EventSink } from '@sortition/core';
import type { Redis } from 'ioredis';
import { buildEventBatch } from '../src/index.ts';

export function createStreamEvents(redis: Redis, stream = 'sortition:events', maxWaiting = 10_000): EventSink {
  const writes = new Set<Promise<unknown>>();
  const counts = { delivered: 0, dropped: 0 };
  const finish = async () => {
    await Promise.all(writes);
    return { ...counts, pending: writes.size };
  };
  return {
    record(event) {
      if (writes.size >= maxWaiting) {
        counts.dropped += 1;
        return;
      }
      const batch = JSON.stringify(buildEventBatch([event]));
      const write = redis
        .xadd(stream, 'MAXLEN', '~', 1_000_000, '*', 'uuid', event.uuid, 'type', event.type, 'batch', batch)
        .then(
          () => {
            counts.delivered += 1;
          },
          () => {
            counts.dropped += 1;
          },
        )
        .finally(() => writes.delete(write));
      writes.add(write);
    },
    flush: finish,
    close: finish,
  };
}
