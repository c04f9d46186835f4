/** Events in files: events that a process did not deliver are delivered by the next one. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SdkError } from '@sortition/core';
import { checkOptionsObject, invalidOption, readBoolean, readInteger, readString } from '@sortition/core/internal';
import { startTimer } from '@sortition/http';
import { measureAge } from '../event-age.ts';
import { type EventStore, isStoredEvent, type LeftEvents, type StoredEvent } from '../event-store.ts';
import { type EventKeeper, keepEvents } from '../kept-events.ts';
import {
  type EventSegment,
  openSegment,
  readSegment,
  type SegmentContents,
  type SegmentPlace,
} from './event-segment.ts';
import { createOwnedFolder, endLease, renewLease, takeOrphan } from './store-lease.ts';

/** Options of the file store. */
export interface FileEventStoreOptions {
  /**
   * Created when missing. Processes may share it; it must be on a local disk. A directory that belongs to another user
   * or that others may write is refused.
   */
  readonly directory: string;
  /**
   * Limit of the bytes that this process keeps; 64 MiB by default. Further events are kept in memory only; events that
   * do not fit in memory are kept only here, and read back.
   */
  readonly maxBytes?: number | undefined;
  /** Older events are dropped, in milliseconds; ten days by default. */
  readonly maxAgeMs?: number | undefined;
  /**
   * How long an owner may be inactive before others take over its events, in milliseconds; 30,000 by default. If
   * process ids can be compared, events of a dead process are taken over at once. Must be the same for all processes
   * that share the directory.
   */
  readonly leaseMs?: number | undefined;
  /** Waits for the disk with every event, so that events survive a power failure too; `false` by default. */
  readonly sync?: boolean | undefined;
}

/** A folder with its segments. */
interface Owned {
  readonly folder: string;
  readonly segments: Set<EventSegment>;
  /** Unread files of a folder that was taken over. */
  readonly unread: string[];
}

const OWNER = 'createFileEventStore';
const SEGMENT_BYTES = 4 * 2 ** 20;
const EMPTY: SegmentContents = { events: [], corrupt: 0, bytes: 0 };

/**
 * Creates a store in files. An event survives the death of the process as soon as it was recorded: writes are
 * synchronous and take some ten microseconds.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const events = createBatchEvents({ store: createFileEventStore({ directory: '/var/lib/shop/events' }) });
 */
export function createFileEventStore(options: FileEventStoreOptions): EventStore & EventKeeper {
  checkOptionsObject(OWNER, options, '{ directory }');
  const directory = readString(OWNER, options, 'directory', '');
  if (directory === '') throw invalidOption(OWNER, 'directory', 'a path', undefined);
  const sync = readBoolean(OWNER, options, 'sync', false);
  const maxBytes = readInteger(OWNER, options, 'maxBytes', 64 * 2 ** 20);
  const maxAgeMs = readInteger(OWNER, options, 'maxAgeMs', 10 * 24 * 3_600_000);
  const leaseMs = readInteger(OWNER, options, 'leaseMs', 30_000);
  const segmentOf = new Map<string, EventSegment>();
  /** The places of this process's events. */
  const placeOf = new Map<string, SegmentPlace>();
  const taken = new Set<Owned>();
  let own: (Owned & { current: EventSegment }) | undefined;
  let segmentCount = 0;
  let left: StoredEvent[] = [];
  let lost = 0;
  let renewedAt = 0;
  let cancelTimer: (() => void) | undefined;

  /** Renews the lease after a third of its time; a process that was suspended notices here that it lost its folder. */
  function renewWhenDue(): void {
    if (Math.abs(Date.now() - renewedAt) < leaseMs / 3) return;
    renewedAt = Date.now();
    for (const owned of [...taken, ...(own ? [own] : [])]) if (!renewLease(owned.folder)) abandon(owned);
  }

  function keepRenewing(): void {
    cancelTimer ??= startTimer(
      () => {
        cancelTimer = undefined;
        renewWhenDue();
        if (own || taken.size > 0) keepRenewing();
      },
      leaseMs / 3 + 1,
    );
  }

  /** Forgets a folder that another process has taken over. */
  function abandon(owned: Owned): void {
    for (const [uuid, segment] of segmentOf) {
      if (!owned.segments.has(segment)) continue;
      segmentOf.delete(uuid);
      placeOf.delete(uuid);
    }
    for (const segment of owned.segments) segment.close();
    taken.delete(owned);
    if (owned === own) own = undefined;
  }

  function currentSegment(): EventSegment {
    renewWhenDue();
    if (own === undefined) {
      const folder = createOwnedFolder(directory);
      const current = newSegment(folder);
      own = { folder, segments: new Set([current]), unread: [], current };
      renewedAt = Date.now();
      keepRenewing();
    } else if (own.current.bytes > SEGMENT_BYTES) {
      own.current = newSegment(own.folder);
      own.segments.add(own.current);
    }
    return own.current;
  }

  function newSegment(folder: string): EventSegment {
    segmentCount += 1;
    return openSegment(join(folder, `${String(segmentCount).padStart(9, '0')}.events`), EMPTY, sync);
  }

  /** Deletes a segment that is not needed any more. */
  function tidy(owned: Owned, segment: EventSegment): void {
    if (segment.live > 0) return;
    if (owned === own && segment === own.current) {
      segment.clear();
      return;
    }
    owned.segments.delete(segment);
    segment.delete();
    if (owned !== own && owned.segments.size === 0 && owned.unread.length === 0) deleteFolder(owned);
  }

  function deleteFolder(owned: Owned): void {
    taken.delete(owned);
    rmSync(owned.folder, { recursive: true, force: true });
  }

  /** Reads the next segment of earlier processes; returns `false` when there is none. */
  function readLeft(): boolean {
    for (const owned of taken) {
      const name = owned.unread.pop();
      if (name !== undefined) {
        readFile(owned, join(owned.folder, name));
        return true;
      }
    }
    const folder = takeOrphan(directory, leaseMs);
    if (folder === null) return false;
    const unread = readdirSync(folder).filter((name) => name.endsWith('.events'));
    const owned: Owned = { folder, segments: new Set(), unread };
    taken.add(owned);
    keepRenewing();
    if (unread.length === 0) deleteFolder(owned);
    return true;
  }

  function readFile(owned: Owned, path: string): void {
    const contents = tryReadSegment(path);
    if (contents === null) {
      lost += 1;
      return;
    }
    const segment = openSegment(path, contents, sync);
    owned.segments.add(segment);
    lost += contents.corrupt;
    const age = measureAge(contents.events);
    const expired = contents.events.filter((event) => age(event) > maxAgeMs);
    lost += expired.length;
    for (const event of contents.events) if (age(event) <= maxAgeMs) left.push(event);
    for (const { uuid } of contents.events) segmentOf.set(uuid, segment);
    if (contents.events.length === 0) tidy(owned, segment);
    else remove(expired.map(({ uuid }) => uuid));
  }

  function remove(uuids: readonly string[]): void {
    renewWhenDue();
    const bySegment = new Map<EventSegment, string[]>();
    for (const uuid of uuids) {
      const segment = segmentOf.get(uuid);
      if (segment === undefined) continue;
      segmentOf.delete(uuid);
      placeOf.delete(uuid);
      const list = bySegment.get(segment);
      if (list) list.push(uuid);
      else bySegment.set(segment, [uuid]);
    }
    let failure: unknown;
    for (const [segment, gone] of bySegment) {
      try {
        segment.remove(gone);
      } catch (cause) {
        failure = cause; // on a full disk the others may still be deleted
      }
      const owned = [...taken, ...(own ? [own] : [])].find(({ segments }) => segments.has(segment));
      if (owned) tidy(owned, segment);
    }
    if (failure !== undefined) throw failure;
  }

  const store: EventStore = {
    add(event) {
      const segment = currentSegment();
      const used = [...(own?.segments ?? [])].reduce((sum, { bytes }) => sum + bytes, 0);
      if (used + event.visitor.length > maxBytes) {
        throw new SdkError('store-failed', `The event store is full: it holds ${used} of ${maxBytes} bytes.`);
      }
      placeOf.set(event.uuid, segment.add(event));
      segmentOf.set(event.uuid, segment);
    },
    remove,
    readBack(uuids) {
      return uuids.flatMap((uuid) => {
        const place = placeOf.get(uuid);
        const event = place && segmentOf.get(uuid)?.read(place);
        return isStoredEvent(event) ? [event] : [];
      });
    },
    takeLeft(limit): LeftEvents {
      renewWhenDue();
      while (left.length < limit && readLeft());
      const events = left.slice(0, limit);
      left = left.slice(limit);
      const answer: LeftEvents = { events, more: left.length > 0 || events.length === limit, lost };
      lost = 0;
      return answer;
    },
    close() {
      cancelTimer?.();
      cancelTimer = undefined;
      for (const owned of [...taken, ...(own ? [own] : [])]) {
        const isNeeded = owned.unread.length > 0 || [...owned.segments].some(({ live }) => live > 0);
        for (const segment of owned.segments) segment.close();
        if (isNeeded) endLease(owned.folder);
        else deleteFolder(owned);
      }
      own = undefined;
      taken.clear();
    },
  };
  return { ...store, ...keepEvents(store) };
}

/** Returns `null` when it is not a regular file, such as a link or a pipe. */
function tryReadSegment(path: string): SegmentContents | null {
  try {
    return readSegment(path, isStoredEvent);
  } catch {
    return null;
  }
}
