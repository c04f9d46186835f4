/**
 * Prepares an event for sending when it is recorded: it is written as JSON, so that it cannot be changed later, without
 * values that are not JSON or too large. Only an event whose user id alone is too large is dropped.
 */
import type { EventTags } from '@sortition/core';
import { type BatchContext, type RecordedEvent, readContext } from './batch-context.ts';
import { byteLength } from './byte-length.ts';
import { fits, toWellFormedJson, writeJson } from './event-text.ts';
import { rememberByConfig, rememberLast } from './remember.ts';
import { createImpressionWriter, writeConversion } from './snapshot-text.ts';
import { type AttributeTexts, createAttributeWriter } from './visitor-attributes.ts';

/** Limits of an event, in bytes on the wire. */
export interface EventLimits {
  /** Limit of one attribute or tag. */
  readonly maxValueBytes: number;
  /** Limit of the whole event. */
  readonly maxEventBytes: number;
}

/** An event that can be sent. */
export interface FittedEvent {
  readonly context: BatchContext;
  /** Its part of a batch, as JSON. */
  readonly visitor: string;
  /** Number of values left out. */
  readonly trimmed: number;
}

/** Approximate bytes of an attribute's text without its key and value. */
const ATTRIBUTE_BYTES = 56;

/** The common text of the events of one user. */
interface Common {
  readonly attributes: AttributeTexts;
  /** The end of the text. */
  readonly user: string;
}

/**
 * Creates the function that prepares events. It returns `null` for an event that is too large even without attributes
 * and tags. Text that an event shares with the previous one is written once: most of it is attributes, and the events
 * of one decide call belong to one user.
 */
export function createEventFitter({
  maxValueBytes,
  maxEventBytes,
}: EventLimits): (event: RecordedEvent) => FittedEvent | null {
  const writersOf = rememberByConfig((config) => ({
    attributes: createAttributeWriter(config, maxValueBytes),
    impression: createImpressionWriter(),
  }));
  const contextOf = rememberLast(
    readContext,
    (one, other) =>
      one.config === other.config && one.clientName === other.clientName && one.clientVersion === other.clientVersion,
  );
  const commonOf = rememberLast<RecordedEvent, Common>(
    ({ config, userId, attributes: given }) => {
      const attributes = writersOf(config).attributes(given);
      return { attributes, user: writeUser(userId, attributes.texts) };
    },
    (one, other) => one.userId === other.userId && one.attributes === other.attributes && one.config === other.config,
  );

  function write(event: RecordedEvent, tags: readonly string[] | undefined, ofUser: string): string {
    const snapshots =
      event.type === 'impression'
        ? writersOf(event.config).impression(event)
        : writeConversion(event, tags && `{${tags.join(',')}}`);
    return snapshots + ofUser;
  }

  /** Leaves out the largest values until the event fits; returns `null` when it never does. */
  function shrink(event: RecordedEvent, tags: readonly string[] | undefined, trimmed: number): FittedEvent | null {
    const { attributes, user } = commonOf(event);
    const largestFirst = [...(tags ?? []), ...attributes.texts]
      .map((text) => ({ text, bytes: byteLength(text) - (text.startsWith('{') ? ATTRIBUTE_BYTES : 0) }))
      .sort((one, other) => other.bytes - one.bytes);
    const gone = new Set<string>();
    let excess = byteLength(write(event, tags, user)) - maxEventBytes;
    for (const { text, bytes } of largestFirst) {
      if (excess <= 0) break;
      gone.add(text);
      excess -= bytes;
    }
    const isLeft = (text: string): boolean => !gone.has(text);
    const visitor = write(event, tags?.filter(isLeft), writeUser(event.userId, attributes.texts.filter(isLeft)));
    return fits(visitor, maxEventBytes) ? { context: contextOf(event), visitor, trimmed: trimmed + gone.size } : null;
  }

  return (event) => {
    const { attributes, user } = commonOf(event);
    const given = event.type === 'conversion' ? event.tags : undefined;
    const tags = given && writeTags(given, maxValueBytes);
    const visitor = write(event, tags, user);
    const trimmed = attributes.tooLarge + (given && tags ? Object.keys(given).length - tags.length : 0);
    return fits(visitor, maxEventBytes)
      ? { context: contextOf(event), visitor, trimmed }
      : shrink(event, tags, trimmed);
  };
}

/** Tags as members of a JSON object, without tags that are not JSON or too large. */
function writeTags(tags: EventTags, maxBytes: number): readonly string[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    try {
      const name = writeJson(key);
      const json = JSON.stringify(value);
      // `undefined` for a function or a symbol.
      return json !== undefined && fits(name, maxBytes) && fits(json, maxBytes)
        ? `${name}:${toWellFormedJson(json)}`
        : [];
    } catch {
      return []; // circular, with a BigInt inside, or with a `toJSON` that throws
    }
  });
}

function writeUser(userId: string, attributes: readonly string[]): string {
  // Joined here, because engines delay the copying for `+` and would then do it for each event of the user.
  return [`,"visitor_id":${writeJson(userId)},"attributes":[`, attributes.join(','), ']}'].join('');
}
