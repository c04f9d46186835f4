/** Adapts an application's event store to the batching sink. */
import type { EventStore, StoredEvent } from '@sortition/events';
import type { Store } from './contract/caches.ts';

const PREFIX = 'optly_event:';
const TTL_MS = 10 * 24 * 3_600_000;

/** @param ttlMs Older events are discarded; ten days by default. */
export function toEventStore(store: Store<string>, ttlMs: number = TTL_MS): EventStore {
  /** Ids of the events this process keeps. */
  const own = new Set<string>();
  return {
    async add(event) {
      own.add(event.uuid);
      await store.set(PREFIX + event.uuid, JSON.stringify(event));
    },
    async remove(uuids) {
      for (const uuid of uuids) {
        own.delete(uuid);
        await store.remove(PREFIX + uuid);
      }
    },
    async takeLeft(limit) {
      const keys = (await store.getKeys()).filter(
        (key) => key.startsWith(PREFIX) && !own.has(key.slice(PREFIX.length)),
      );
      const events: StoredEvent[] = [];
      let lost = 0;
      for (const key of keys.slice(0, limit)) {
        const event = readEvent(await store.get(key));
        if (event && Date.now() - event.storedAt < ttlMs) {
          own.add(event.uuid);
          events.push(event);
        } else {
          lost += 1;
          await store.remove(key);
        }
      }
      return { events, more: keys.length > limit, lost };
    },
  };
}

/** `undefined` for anything but an event this package stored. */
function readEvent(text: string | undefined): StoredEvent | undefined {
  try {
    const event = JSON.parse(text ?? '') as StoredEvent;
    return typeof event.uuid === 'string' && typeof event.storedAt === 'number' && typeof event.visitor === 'string'
      ? event
      : undefined;
  } catch {
    return undefined;
  }
}
