/**
 * Makes an event fit to be sent, when it is recorded: it is written as JSON, so that it cannot be changed later, without values that
 * are not JSON or too large. The event is kept; only one whose user id alone is too large is dropped.
 */
import type { EventTags } from '@sortition/core';
import { type BatchContext, type RecordedEvent, readContext } from './batch-context.ts';
import { writeSnapshot } from './event-batch.ts';
import { byteLength, fitsJson, writeJson } from './event-text.ts';
import { buildVisitorAttributes } from './visitor-attributes.ts';

/** Sizes an event must keep, in bytes on the wire. */
export interface EventLimits {
  /** Of one attribute or tag. */
  readonly maxValueBytes: number;
  /** Of the whole event. */
  readonly maxEventBytes: number;
}

/** An event that can be sent. */
export interface FittedEvent {
  readonly context: BatchContext;
  /** Its part of a batch, as JSON. */
  readonly visitor: string;
  /** Values left out. */
  readonly trimmed: number;
}

/** An attribute or a tag. */
interface Entry {
  readonly key: string;
  readonly value: unknown;
}

/**
 * Creates the check of events. It answers `null` for an event that is too large without any attributes and tags. What an
 * event shares with the one before is written once: most of its text is attributes, and the events of one decide call are of
 * one user.
 */
export function createEventFitter(limits: EventLimits): (event: RecordedEvent) => FittedEvent | null {
  const { maxValueBytes, maxEventBytes } = limits;
  let before: RecordedEvent | undefined;
  let context: BatchContext;
  let attributes: readonly Entry[];
  let tooLarge: number;
  let user: string;
  return (event) => {
    const { config, clientName, clientVersion, userId } = event;
    const isSameConfig = before?.config === config;
    if (!isSameConfig || before?.clientName !== clientName || before.clientVersion !== clientVersion) {
      context = readContext(event);
    }
    if (!isSameConfig || before?.userId !== userId || before.attributes !== event.attributes) {
      const known = buildVisitorAttributes(event.attributes, config);
      attributes = known.filter(({ value }) => fitsJson(value, maxValueBytes));
      tooLarge = known.length - attributes.length;
      user = writeUser(userId, attributes);
    }
    before = event;
    const given = event.type === 'conversion' ? event.tags : undefined;
    const tags = given && copyTags(given, maxValueBytes);
    const visitor = write(event, tags, user);
    const trimmed = tooLarge + (given && tags ? Object.keys(given).length - tags.length : 0);
    // A character takes three bytes at most, and one nearly always.
    if (3 * visitor.length <= maxEventBytes) return { context, visitor, trimmed };
    const smaller = shrink(event, tags, attributes, maxEventBytes);
    return smaller && { context, visitor: smaller.visitor, trimmed: trimmed + smaller.trimmed };
  };
}

/** Tags as JSON has them, copied, without those that are no JSON or too large. */
function copyTags(tags: EventTags, maxBytes: number): readonly Entry[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    try {
      const copy: unknown = typeof value === 'string' ? value : JSON.parse(JSON.stringify(value));
      return fitsJson(key, maxBytes) && fitsJson(copy, maxBytes) ? [{ key, value: copy }] : [];
    } catch {
      return []; // a function, circular, a BigInt inside, or a method of its own that throws
    }
  });
}

/** Measures exactly, and leaves the largest values out until the event fits; `null` when it never does. */
function shrink(
  event: RecordedEvent,
  tags: readonly Entry[] | undefined,
  attributes: readonly Entry[],
  maxBytes: number,
): { readonly visitor: string; readonly trimmed: number } | null {
  // With what leaving it out saves at least.
  const largestFirst = [...(tags ?? []), ...attributes]
    .map((entry) => ({ entry, bytes: byteLength(JSON.stringify([entry.key, entry.value])) - 3 }))
    .sort((one, other) => other.bytes - one.bytes);
  const gone = new Set<Entry>();
  let excess = byteLength(write(event, tags, writeUser(event.userId, attributes))) - maxBytes;
  for (const { entry, bytes } of largestFirst) {
    if (excess <= 0) break;
    gone.add(entry);
    excess -= bytes;
  }
  const isLeft = (entry: Entry): boolean => !gone.has(entry);
  const visitor = write(event, tags?.filter(isLeft), writeUser(event.userId, attributes.filter(isLeft)));
  return byteLength(visitor) <= maxBytes ? { visitor, trimmed: gone.size } : null;
}

function write(event: RecordedEvent, tags: readonly Entry[] | undefined, user: string): string {
  const fitted = tags ? { ...event, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) } : event;
  return `{"snapshots":[${writeSnapshot(fitted)}],${user}}`;
}

function writeUser(userId: string, attributes: readonly Entry[]): string {
  return `"visitor_id":${writeJson(userId)},"attributes":${JSON.stringify(attributes)}`;
}
