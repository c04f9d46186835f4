/**
 * Makes an event fit to be sent, when it is recorded: it is written as JSON, so that nobody can change it later, without what
 * is no JSON or too large. The event stays; only a user id that alone is too large takes it along.
 */
import { type BatchContext, type RecordedEvent, readContext } from './batch-context.ts';
import { buildSnapshot } from './event-batch.ts';
import { byteLength } from './event-text.ts';
import { buildVisitorAttributes } from './visitor-attributes.ts';

/** Sizes an event must keep, in bytes on the wire. */
export interface EventLimits {
  /** Of one attribute or tag. */
  readonly maxValueBytes: number;
  /** Of the whole event. */
  readonly maxEventBytes: number;
}

/** An event as JSON: its part of a batch. */
export interface WrittenEvent {
  readonly visitor: string;
  /** About what it takes on the wire. */
  readonly bytes: number;
  /** Values left out. */
  readonly trimmed: number;
}

/** An event that can be sent. */
export interface FittedEvent extends WrittenEvent {
  readonly context: BatchContext;
}

/**
 * Creates the check of events. It answers `null` for an event that is too large without any attributes and tags. What an
 * event shares with the one before is written once: most of its text is attributes, and the events of one decide call are of
 * one user.
 */
export function createEventFitter(limits: EventLimits): (event: RecordedEvent) => FittedEvent | null {
  let before: RecordedEvent | undefined;
  let context: BatchContext;
  let user: string;
  return (event) => {
    const { config, clientName, clientVersion, userId, attributes } = event;
    const isSameConfig = before?.config === config;
    if (!isSameConfig || before?.clientName !== clientName || before.clientVersion !== clientVersion) {
      context = readContext(event);
    }
    if (!isSameConfig || before?.userId !== userId || before.attributes !== attributes) {
      const sent = JSON.stringify(buildVisitorAttributes(attributes, config));
      user = `"visitor_id":${JSON.stringify(userId)},"attributes":${sent}`;
    }
    before = event;
    const written = (isPlain(event) && write(event, user, limits)) || trim(event, limits);
    return written && { context, ...written };
  };
}

/** Whether every tag is JSON that nobody can change. */
function isPlain(event: RecordedEvent): boolean {
  return event.type === 'impression' || Object.values(event.tags ?? {}).every(isScalar);
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** `null` when something may be too large. */
function write(event: RecordedEvent, user: string, limits: EventLimits): WrittenEvent | null {
  const visitor = `{"snapshots":[${JSON.stringify(buildSnapshot(event))}],${user}}`;
  const bytes = visitor.length;
  // A character takes three bytes at most, and one nearly always.
  return 3 * bytes <= Math.min(limits.maxValueBytes, limits.maxEventBytes) ? { visitor, bytes, trimmed: 0 } : null;
}

/** Measures exactly. Leaves out what may not be sent, then the largest values until the event fits. */
function trim(event: RecordedEvent, { maxValueBytes, maxEventBytes }: EventLimits): WrittenEvent | null {
  const given = event.type === 'conversion' ? event.tags : undefined;
  const tags = Object.entries(given ?? {}).map(([key, value]) => ({ key, value }));
  const attributes = buildVisitorAttributes(event.attributes, event.config);
  const kept = [...tags, ...attributes]
    .flatMap((entry) => copyEntry(entry, maxValueBytes))
    .sort((one, other) => one.bytes - other.bytes);
  for (;;) {
    const left = new Map<Entry, unknown>(kept.map(({ entry, value }) => [entry, value]));
    const leftTags = tags.filter((tag) => left.has(tag)).map((tag) => [tag.key, left.get(tag)]);
    const visitor = JSON.stringify({
      snapshots: [buildSnapshot({ ...event, ...(given && { tags: Object.fromEntries(leftTags) }) })],
      visitor_id: event.userId,
      attributes: attributes.filter((attribute) => left.has(attribute)),
    });
    const bytes = byteLength(visitor);
    const trimmed = tags.length + attributes.length - kept.length;
    if (bytes <= maxEventBytes) return { visitor, bytes, trimmed };
    if (kept.length === 0) return null;
    let excess = bytes - maxEventBytes;
    while (excess > 0) excess -= kept.pop()?.bytes ?? excess;
  }
}

/** An attribute or a tag. */
interface Entry {
  readonly key: string;
  readonly value: unknown;
}

/** An entry as JSON has it, with what leaving it out saves at least; none when it is no JSON or too large. */
function copyEntry(entry: Entry, maxBytes: number): { entry: Entry; value: unknown; bytes: number }[] {
  // Most that is too large is text, which tells without being written.
  if (typeof entry.value === 'string' && entry.value.length > maxBytes) return [];
  try {
    const text = JSON.stringify(entry.value);
    const value: unknown = JSON.parse(text);
    const [keyBytes, valueBytes] = [byteLength(JSON.stringify(entry.key)), byteLength(text)];
    return Math.max(keyBytes, valueBytes) <= maxBytes ? [{ entry, value, bytes: keyBytes + valueBytes }] : [];
  } catch {
    return []; // a function, circular, a BigInt inside, or a method of its own that throws
  }
}
