/** Turns input of the application or the network (text, bytes or an object) into a private copy of its JSON data. */
import { type JsonValue, SdkError } from '@sortition/core';
import { describeValue } from '@sortition/core/internal';
import { decodeUtf8 } from '@sortition/http';

/** A JSON object; every property may be anything. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Reads a datafile's outermost object.
 *
 * Bytes have to be UTF-8. An object is copied by way of its JSON text: getters run once, later changes by the caller
 * have no effect, and cycles are refused.
 *
 * @throws SdkError `invalid-datafile` when it is not a JSON object.
 */
export function readJsonObject(datafile: unknown): JsonObject {
  const value = parseText(toJsonText(datafile));
  if (!isJsonObject(value)) throw notAnObject(value);
  return value;
}

/** Distinguishes objects from arrays, `null` and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Describes a value for a message by its type; only numbers are shown. */
export function describe(value: unknown): string {
  return isBytes(value) ? 'bytes' : describeValue(value);
}

/** Returns whether a value holds bytes: a `Buffer`, another view, or an `ArrayBuffer`, of this realm or another. */
export function isBytes(value: unknown): value is ArrayBuffer | ArrayBufferView {
  try {
    return ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === '[object ArrayBuffer]';
  } catch {
    return false; // a proxy that cannot be read
  }
}

/**
 * Returns the text of a datafile. Read only this text afterwards: an object may change between two reads.
 *
 * @throws SdkError `invalid-datafile` when there is no text.
 */
export function toJsonText(datafile: unknown): string {
  if (typeof datafile === 'string') return datafile;
  if (isBytes(datafile)) return decode(datafile);
  if (typeof datafile !== 'object' || datafile === null) throw notAnObject(datafile);
  try {
    // Throws for an object whose `toJSON` returns `undefined`.
    return JSON.stringify(datafile).toString();
  } catch (cause) {
    throw refused('the object cannot be copied as JSON (a cycle, or a property that fails)', cause);
  }
}

function notAnObject(value: unknown): SdkError {
  return refused(`expected a JSON object, got ${describe(value)}`);
}

/** @throws SdkError `invalid-datafile` when the bytes are not UTF-8. */
function decode(bytes: ArrayBuffer | ArrayBufferView): string {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  try {
    return decodeUtf8(view, 'The datafile');
  } catch (cause) {
    throw refused('expected UTF-8, got bytes of another encoding', cause);
  }
}

/** The error for a document that is not a datafile. */
export function refused(reason: string, cause?: unknown): SdkError {
  const message = `The datafile was refused: ${reason}. Pass the datafile's JSON text, its bytes, or the object parsed from it.`;
  return new SdkError('invalid-datafile', message, cause === undefined ? undefined : { cause });
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(`expected JSON text, got ${text === '' ? 'an empty string' : 'text that is not JSON'}`, cause);
  }
}
