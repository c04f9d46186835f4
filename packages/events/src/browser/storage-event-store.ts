/**
 * Events in localStorage, AsyncStorage or any storage of texts: events that a page could not deliver are delivered by
 * the next one.
 *
 * The storage cannot list its keys, so there is a fixed number of slots. A page leases a slot and keeps its events in
 * it as one text; a page that finds a slot with an expired lease takes over its events.
 */
import { type KeyValueStorage, SdkError } from '@sortition/core';
import { checkOptionsObject, invalidOption, readInteger, readMethods, readOption } from '@sortition/core/internal';
import { startTimer } from '@sortition/http';
import { measureAge } from '../event-age.ts';
import { type EventStore, isStoredEvent, type LeftEvents, type StoredEvent } from '../event-store.ts';
import { type EventKeeper, keepEvents } from '../kept-events.ts';

/** Options of the storage store. */
export interface StorageEventStoreOptions {
  /** `globalThis.localStorage` by default, read at the first use; in React Native pass AsyncStorage. */
  readonly storage?: KeyValueStorage | undefined;
  /** Prefix of the keys; `sortition:events:` by default. */
  readonly prefix?: string | undefined;
  /** Limit of characters per page; 524,288 by default. Further events are kept in memory only. */
  readonly maxChars?: number | undefined;
  /** Older events are dropped, in milliseconds; ten days by default. */
  readonly maxAgeMs?: number | undefined;
  /**
   * How long a page may be inactive before others take its events, in milliseconds; 300,000 by default, because hidden
   * pages sleep.
   */
  readonly leaseMs?: number | undefined;
}

/** A slot as it is stored. The owner comes first, so that it can be read without parsing the rest. */
interface Slot {
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly events: readonly unknown[];
}

const OWNER = 'createStorageEventStore';
const STORAGE_METHODS = ['getItem', 'setItem', 'removeItem'];
const SLOTS = 16;
/** Pages may differ in their `leaseMs`, but not by more than this. */
const LONGEST_LEASE_MS = 86_400_000;

/**
 * Creates a store in a storage of texts.
 *
 * Writes of one task are joined, so an event is stored at the end of the task in which it was recorded.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const events = createBatchEvents({ store: createStorageEventStore() });
 */
export function createStorageEventStore(options: StorageEventStoreOptions = {}): EventStore & EventKeeper {
  checkOptionsObject(OWNER, options);
  const given = readMethods(OWNER, options, 'storage', STORAGE_METHODS, 'a storage such as localStorage');
  const prefix = readOption(OWNER, options, 'prefix') ?? 'sortition:events:';
  if (typeof prefix !== 'string') throw invalidOption(OWNER, 'prefix', 'a string', prefix);
  const maxChars = readInteger(OWNER, options, 'maxChars', 524_288);
  const maxAgeMs = readInteger(OWNER, options, 'maxAgeMs', 10 * 24 * 3_600_000);
  const leaseMs = readInteger(OWNER, options, 'leaseMs', 300_000);
  const events = new Map<string, StoredEvent>();
  /** A random id of this page, created at the first use. */
  let owner: string | undefined;
  let chars = 0;
  let slot: number | undefined;
  let left: StoredEvent[] = [];
  let saving: Promise<void> | undefined;
  let cancelTimer: (() => void) | undefined;

  function storage(): KeyValueStorage {
    const found = given ?? (globalThis as { localStorage?: KeyValueStorage }).localStorage;
    if (found === undefined) throw new SdkError('store-failed', 'There is no localStorage here; pass "storage".');
    return found;
  }

  /** Writes once for all changes of the current task. */
  function save(): Promise<void> {
    saving ??= Promise.resolve().then(() => {
      saving = undefined;
      return write();
    });
    return saving;
  }

  async function write(): Promise<void> {
    if (slot !== undefined && !(await isOurs(slot))) slot = undefined;
    if (slot === undefined && events.size === 0) return;
    slot ??= await findSlot();
    if (events.size === 0) {
      const index = slot;
      slot = undefined;
      await storage().removeItem(`${prefix}${index}`);
      return;
    }
    await writeSlot(slot, Date.now() + leaseMs);
    cancelTimer ??= startTimer(renew, leaseMs / 3);
  }

  async function writeSlot(index: number, until: number): Promise<void> {
    owner ??= String(Math.random());
    const value: Slot = { owner, until, events: [...events.values()] };
    await storage().setItem(`${prefix}${index}`, JSON.stringify(value));
  }

  function renew(): void {
    cancelTimer = undefined;
    save().catch(() => undefined); // the next event reports the failure of the storage
  }

  async function readSlot(index: number): Promise<unknown> {
    return storage().getItem(`${prefix}${index}`);
  }

  async function isOurs(index: number): Promise<boolean> {
    const text = await readSlot(index);
    return typeof text === 'string' && text.startsWith(`{"owner":"${owner}"`);
  }

  async function findSlot(): Promise<number> {
    for (let index = 0; index < SLOTS; index += 1) {
      if ((await readSlot(index)) == null) return index;
    }
    throw new SdkError('store-failed', `All ${SLOTS} slots of the event store are taken.`);
  }

  /** Takes over the events of a slot whose owner is gone; returns how many of them cannot be used. */
  async function takeSlot(index: number): Promise<number> {
    const text = await readSlot(index);
    if (typeof text !== 'string') return 0;
    const found = parseSlot(text);
    // A lease that ends later than the longest possible one was written with a wrong clock.
    const leftMs = found === null ? 0 : found.until - Date.now();
    const isLeased = leftMs > 0 && leftMs <= Math.max(leaseMs, LONGEST_LEASE_MS);
    if (found !== null && (found.owner === owner || isLeased)) return 0;
    const stored = found?.events ?? [undefined];
    const readable = stored.filter(isStoredEvent);
    const age = measureAge(readable);
    const usable = readable.filter((event) => age(event) <= maxAgeMs);
    // Saved here before it is removed there: a page that dies in between leaves the events twice and does not lose
    // them. Two pages may have left the same event.
    const fresh = usable.filter(({ uuid }) => !events.has(uuid));
    usable.forEach(keep);
    try {
      if (usable.length > 0) await save();
      await storage().removeItem(`${prefix}${index}`);
    } catch (cause) {
      for (const { uuid } of fresh) forget(uuid);
      throw cause;
    }
    left.push(...fresh);
    return stored.length - usable.length;
  }

  function keep(event: StoredEvent): void {
    forget(event.uuid);
    events.set(event.uuid, event);
    chars += event.visitor.length;
  }

  function forget(uuid: string): void {
    chars -= events.get(uuid)?.visitor.length ?? 0;
    events.delete(uuid);
  }

  const store: EventStore = {
    add(event) {
      if (chars + event.visitor.length > maxChars) {
        throw new SdkError('store-failed', `The event store is full: it holds ${chars} of ${maxChars} characters.`);
      }
      keep(event);
      return save();
    },
    remove(uuids) {
      uuids.forEach(forget);
      return save();
    },
    readBack: (uuids) => uuids.flatMap((uuid) => events.get(uuid) ?? []),
    async takeLeft(limit): Promise<LeftEvents> {
      let lost = 0;
      for (let index = 0; index < SLOTS && left.length < limit; index += 1) lost += await takeSlot(index);
      const taken = left.slice(0, limit);
      left = left.slice(limit);
      return { events: taken, more: left.length > 0, lost };
    },
    async close() {
      cancelTimer?.();
      if (slot === undefined || events.size === 0 || !(await isOurs(slot))) return;
      await writeSlot(slot, 0);
    },
  };
  return { ...store, ...keepEvents(store) };
}

function parseSlot(text: string): Slot | null {
  try {
    const { owner, until, events } = JSON.parse(text) as Partial<Slot>;
    const isSlot = typeof owner === 'string' && typeof until === 'number' && Array.isArray(events);
    return isSlot ? { owner, until, events } : null;
  } catch {
    return null; // of other code, or torn: cannot be used
  }
}
