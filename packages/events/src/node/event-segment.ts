/**
 * A segment: one append-only file of stored events and of the ids of removed events.
 *
 * One entry per line, a checksum before its JSON. A process may be killed in the middle of a write: the torn line fails its
 * checksum and is skipped, and everything before it is whole.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, readFileSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { SdkError } from '@sortition/core';
import type { StoredEvent } from '../event-store.ts';
import { openRegularFile } from './private-files.ts';

/** A segment that is written to. */
export interface EventSegment {
  /** Appends an event; returns its place. @throws SdkError `store-failed` */
  add(event: StoredEvent): SegmentPlace;
  /** Reads an event again; `undefined` when it is damaged. @throws when the file cannot be read */
  read(place: SegmentPlace): unknown;
  /**
   * Removes events. Their ids are appended while other events are left, and after `close`; otherwise the file is to be
   * cleared or deleted, which works on a full disk too.
   *
   * @throws SdkError `store-failed`
   */
  remove(uuids: readonly string[]): void;
  /** Empties the file, when no event in it is needed. */
  clear(): void;
  /** Deletes the file. */
  delete(): void;
  close(): void;
  /** Bytes in the file. */
  readonly bytes: number;
  /** Number of events that are still needed. */
  readonly live: number;
}

/** The place of an event in the file, in bytes. */
export interface SegmentPlace {
  readonly at: number;
  readonly length: number;
}

/** The contents of a segment. */
export interface SegmentContents {
  readonly events: readonly StoredEvent[];
  /** Lines that could not be read. */
  readonly corrupt: number;
  readonly bytes: number;
}

const CHECKSUM_LENGTH = 16;

/**
 * Opens a segment for appending; a missing file is created at the first write.
 *
 * @param read The contents it has already.
 * @param sync Waits for the disk with every write, so that events survive a power failure too.
 */
export function openSegment(path: string, read: SegmentContents, sync: boolean): EventSegment {
  let file: number | undefined;
  let { bytes } = read;
  let live = read.events.length;
  // The file may end in a torn line, so the next entry begins on a new line.
  let isTorn = read.bytes > 0;
  let isClosed = false;

  /** After `close`, the file is opened for each entry. */
  function append(entry: unknown): SegmentPlace {
    const text = `${isTorn ? '\n' : ''}${formatLine(JSON.stringify(entry))}`;
    const data = Buffer.from(text);
    const place = { at: bytes, length: data.byteLength };
    try {
      file ??= openRegularFile(path, 'append');
      isTorn = true;
      for (let written = 0; written < data.byteLength; ) {
        const count = writeSync(file, data, written);
        written += count;
        bytes += count;
      }
      if (sync) fsyncSync(file);
      isTorn = false;
      return place;
    } catch (cause) {
      throw new SdkError('store-failed', 'A file of the event store could not be written.', { cause });
    } finally {
      if (isClosed) close();
    }
  }

  function close(): void {
    isClosed = true;
    if (file !== undefined) closeSync(file);
    file = undefined;
  }

  return {
    add(event) {
      const place = append(event);
      live += 1;
      return place;
    },
    read({ at, length }) {
      const data = Buffer.alloc(length);
      const reader = openRegularFile(path, 'read');
      try {
        readSync(reader, data, 0, length, at);
      } finally {
        closeSync(reader);
      }
      return parseLine(data.toString('utf8').trim());
    },
    remove(uuids) {
      live -= uuids.length;
      if (live > 0 || isClosed) append(uuids);
    },
    clear() {
      if (file !== undefined) ftruncateSync(file);
      bytes = 0;
      isTorn = false;
    },
    delete() {
      close();
      unlinkSync(path);
    },
    close,
    get bytes() {
      return bytes;
    },
    get live() {
      return live;
    },
  };
}

/** Reads the events of a segment that are still needed. @throws when the file cannot be read */
export function readSegment(path: string, isStored: (value: unknown) => value is StoredEvent): SegmentContents {
  const file = openRegularFile(path, 'read');
  let data: Buffer;
  try {
    data = readFileSync(file);
  } finally {
    closeSync(file);
  }
  const events = new Map<string, StoredEvent>();
  let corrupt = 0;
  for (const line of data.toString('utf8').split('\n')) {
    if (line === '') continue;
    const entry = parseLine(line);
    if (Array.isArray(entry)) for (const uuid of entry) events.delete(uuid);
    else if (isStored(entry)) events.set(entry.uuid, entry);
    else corrupt += 1;
  }
  return { events: [...events.values()], corrupt, bytes: data.byteLength };
}

function formatLine(json: string): string {
  return `${checksum(json)} ${json}\n`;
}

/** Returns the entry, or `undefined` when the line is damaged. */
function parseLine(line: string): unknown {
  const json = line.slice(CHECKSUM_LENGTH + 1);
  return line.startsWith(`${checksum(json)} `) ? JSON.parse(json) : undefined;
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECKSUM_LENGTH);
}
