/**
 * From what the application or the network handed over to plain JSON data that is ours alone.
 */
import { type JsonValue, SdkError } from '@sortition/core';

/** A JSON object; every property may be anything. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Reads a datafile's outermost object.
 *
 * An object is copied through its JSON text: getters run once, later changes by the caller have no effect, and cycles are
 * refused.
 *
 * @throws SdkError `invalid-datafile` when there is no JSON object.
 */
export function readJsonObject(datafile: unknown): JsonObject {
  const value = typeof datafile === 'string' ? parseText(datafile) : copy(datafile);
  if (!isJsonObject(value)) throw refused(`expected a JSON object, got ${describe(value)}`);
  return value;
}

/** Tells objects from arrays, `null` and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names the kind of a value for a message, without showing its content. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The error for a document that is no datafile at all. */
export function refused(reason: string, cause?: unknown): SdkError {
  const message = `The datafile was refused: ${reason}. Pass the datafile's JSON text, or the object parsed from it.`;
  return new SdkError('invalid-datafile', message, cause === undefined ? undefined : { cause });
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(`expected JSON text, got ${text === '' ? 'an empty string' : 'text that is no JSON'}`, cause);
  }
}

function copy(datafile: unknown): unknown {
  if (typeof datafile !== 'object' || datafile === null) return datafile;
  try {
    return JSON.parse(JSON.stringify(datafile));
  } catch (cause) {
    throw refused('the object cannot be copied as JSON (a cycle, or a property that throws)', cause);
  }
}
