/**
 * Makes an event fit to be sent, when it is recorded: what is no JSON or too large is left out, and what may be changed by
 * its owner later is copied. The event stays; only a user id that alone is too large takes it along.
 */
import { type Attributes, type EventTags, setOwn } from '@sortition/core';
import type { RecordedEvent } from './batch-context.ts';
import { createVisitorBuilder } from './event-batch.ts';
import { byteLength, fitsJson } from './event-text.ts';

/** Sizes an event must keep, in bytes on the wire. */
export interface EventLimits {
  /** Of one attribute or tag. */
  readonly maxValueBytes: number;
  /** Of the whole event. */
  readonly maxEventBytes: number;
}

/** An event that can be sent. */
export interface FittedEvent {
  readonly event: RecordedEvent;
  /** Values left out. */
  readonly trimmed: number;
  /** What the event is counted with in the queue: about what it takes on the wire. */
  readonly bytes: number;
}

/** What an event has besides its texts and entries, generously. */
const ENVELOPE_BYTES = 600;
/** What an attribute or tag has besides its texts, generously: numbers, quotes, the words of the format. */
const ENTRY_BYTES = 100;

/** Creates the check of events. It answers `null` for an event that is too large without any attributes and tags. */
export function createEventFitter(limits: EventLimits): (event: RecordedEvent) => FittedEvent | null {
  const { maxValueBytes, maxEventBytes } = limits;
  let seen: Readonly<Attributes> | undefined;
  let checked: Checked<Attributes> = { values: {}, trimmed: 0, chars: 0, entries: 0 };
  return (event) => {
    if (event.attributes !== seen) {
      checked = checkAttributes(event.attributes, maxValueBytes);
      seen = event.attributes;
    }
    const tags = event.type === 'conversion' && event.tags ? checkTags(event.tags, maxValueBytes) : undefined;
    const chars = event.userId.length + ownChars(event) + checked.chars + (tags?.chars ?? 0);
    const rest = ENVELOPE_BYTES + ENTRY_BYTES * (checked.entries + (tags?.entries ?? 0));
    const trimmed = checked.trimmed + (tags?.trimmed ?? 0);
    const fitted =
      checked.trimmed === 0 && tags === undefined
        ? event
        : ({ ...event, attributes: checked.values, ...(tags && { tags: tags.values }) } as RecordedEvent);
    // In JSON a character takes six bytes at most, and one nearly always.
    if (6 * chars + rest <= maxEventBytes) return { event: fitted, trimmed, bytes: chars + rest };
    return shrink(fitted, trimmed, maxEventBytes);
  };
}

interface Checked<T> {
  readonly values: T;
  readonly trimmed: number;
  /** Of keys and values. */
  readonly chars: number;
  readonly entries: number;
}

function checkAttributes(attributes: Readonly<Attributes>, maxBytes: number): Checked<Attributes> {
  let chars = 0;
  const tooLarge: string[] = [];
  const keys = Object.keys(attributes);
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string' && !fitsJson(value, maxBytes)) tooLarge.push(key);
    // The key is sent twice: where the datafile does not know the attribute, its key is its id.
    else chars += 2 * key.length + (typeof value === 'string' ? value.length : 0);
  }
  const entries = keys.length - tooLarge.length;
  if (tooLarge.length === 0) return { values: attributes, trimmed: 0, chars, entries };
  return { values: without(attributes, new Set(tooLarge)), trimmed: tooLarge.length, chars, entries };
}

function checkTags(tags: EventTags, maxBytes: number): Checked<EventTags> {
  const values: Record<string, unknown> = {};
  let trimmed = 0;
  let chars = 0;
  let entries = 0;
  for (const key of Object.keys(tags)) {
    const json = fitsJson(key, maxBytes) ? jsonOf(tags[key], maxBytes) : undefined;
    if (json === undefined) trimmed += 1;
    else {
      setOwn(values, key, json.value);
      chars += key.length + json.chars;
      entries += 1;
    }
  }
  return { values, trimmed, chars, entries };
}

/** The value as JSON has it, copied where it could be changed from outside; `undefined` when it is no JSON or too large. */
function jsonOf(value: unknown, maxBytes: number): { readonly value: unknown; readonly chars: number } | undefined {
  if (typeof value === 'string') return fitsJson(value, maxBytes) ? { value, chars: value.length } : undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return { value, chars: 0 };
  if (typeof value !== 'object') return undefined;
  try {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined || byteLength(text) > maxBytes) return undefined;
    return { value: JSON.parse(text), chars: text.length };
  } catch {
    return undefined; // circular, a BigInt inside, or a method of its own that throws
  }
}

/** Texts an event brings from the datafile, and its ids. */
function ownChars(event: RecordedEvent): number {
  if (event.type === 'conversion') return event.eventKey.length + event.eventId.length;
  return event.flagKey.length + event.ruleKey.length + event.variationKey.length;
}

/** Measures exactly, and leaves the largest values out until the event fits. */
function shrink(event: RecordedEvent, trimmedBefore: number, maxBytes: number): FittedEvent | null {
  const build = createVisitorBuilder();
  let bytes = byteLength(JSON.stringify(build(event)));
  if (bytes <= maxBytes) return { event, trimmed: trimmedBefore, bytes };
  const tags = event.type === 'conversion' ? (event.tags ?? {}) : {};
  const sent = new Set(build(event).attributes.map(({ key }) => key));
  const attributes = Object.keys(event.attributes).filter((key) => sent.has(key));
  const candidates = [
    ...Object.keys(tags).map((key) => ({ of: 'tags', key, bytes: entryBytes(key, tags[key]) })),
    ...attributes.map((key) => ({ of: 'attributes', key, bytes: entryBytes(key, event.attributes[key]) })),
  ].sort((one, other) => other.bytes - one.bytes);
  const gone = { tags: new Set<string>(), attributes: new Set<string>() };
  for (const candidate of candidates) {
    if (bytes <= maxBytes) break;
    gone[candidate.of as keyof typeof gone].add(candidate.key);
    bytes -= candidate.bytes;
  }
  const smaller = {
    ...event,
    attributes: without(event.attributes, gone.attributes),
    ...(event.type === 'conversion' && event.tags && { tags: without(event.tags, gone.tags) }),
  } as RecordedEvent;
  const exact = byteLength(JSON.stringify(build(smaller)));
  if (exact > maxBytes) return null;
  return { event: smaller, trimmed: trimmedBefore + gone.tags.size + gone.attributes.size, bytes: exact };
}

/** At least what leaving the entry out saves: key, colon and comma with the value. */
function entryBytes(key: string, value: unknown): number {
  return byteLength(`${JSON.stringify(key)}${JSON.stringify(value)}`) + 2;
}

function without<T>(values: Readonly<Record<string, T>>, keys: ReadonlySet<string>): Record<string, T> {
  const left: Record<string, T> = {};
  for (const key of Object.keys(values)) if (!keys.has(key)) setOwn(left, key, values[key]);
  return left;
}
