/** The attributes of a user that the service knows, with their ids. */
import type { Attributes, ProjectConfig } from '@sortition/core';
import { fits, writeJson } from './event-text.ts';
import { rememberByKey } from './remember.ts';

/** One attribute on the wire. */
export interface VisitorAttribute {
  readonly entity_id: string;
  readonly key: string;
  readonly type: 'custom';
  readonly value: string | number | boolean;
}

/** Attributes of one user, each as the JSON of a `VisitorAttribute`. */
export interface AttributeTexts {
  readonly texts: readonly string[];
  /** Number of attributes that were left out because they are too large. */
  readonly tooLarge: number;
}

/** Prefix of attributes that the service knows although they are not in the datafile. */
const RESERVED_PREFIX = '$opt_';
const BOT_FILTERING_KEY = '$opt_bot_filtering';
/** Larger numbers are not exact, and the service does not accept them. */
const MAX_NUMBER = 2 ** 53;

/**
 * Creates the writer for users of one config. It selects the values that can be sent: texts, booleans and numbers
 * within 2^53 whose key the datafile or the service knows. The text in front of a value is the same for every user, and
 * written once.
 */
export function createAttributeWriter(
  { attributes: known, botFiltering }: ProjectConfig,
  maxValueBytes: number,
): (attributes: Readonly<Attributes>) => AttributeTexts {
  const headOfKnown = rememberByKey((key) => {
    const id = known.get(key)?.id;
    return id === undefined ? undefined : writeHead(id, key);
  });

  return (attributes) => {
    const texts: string[] = [];
    let tooLarge = 0;
    for (const key of Object.keys(attributes)) {
      const head = headOfKnown(key) ?? (key.startsWith(RESERVED_PREFIX) ? writeHead(key, key) : undefined);
      const value = attributes[key];
      if (head === undefined || !isSendable(value)) continue;
      const json = writeJson(value);
      if (fits(json, maxValueBytes)) texts.push(`${head}${json}}`);
      else tooLarge += 1;
    }
    if (botFiltering !== undefined) {
      texts.push(writeAttribute(BOT_FILTERING_KEY, BOT_FILTERING_KEY, botFiltering));
    }
    return { texts, tooLarge };
  };
}

function writeAttribute(id: string, key: string, value: VisitorAttribute['value']): string {
  const attribute: VisitorAttribute = { entity_id: id, key, type: 'custom', value };
  return writeJson(attribute);
}

function writeHead(id: string, key: string): string {
  return writeAttribute(id, key, 0).slice(0, -'0}'.length);
}

function isSendable(value: unknown): value is string | number | boolean {
  if (typeof value === 'number') return Math.abs(value) <= MAX_NUMBER;
  return typeof value === 'string' || typeof value === 'boolean';
}
