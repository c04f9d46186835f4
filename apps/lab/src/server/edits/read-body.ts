/** Reads the bodies of edits: what is not expected is refused with a sentence, nothing is guessed. */
import { isRecord } from '@sortition/emulator';
import { EditError } from './edit-error.ts';

/** The body as object with one or more of `fields`. */
export function readFields(body: unknown, fields: readonly string[]): Readonly<Record<string, unknown>> {
  const names = isRecord(body) ? Object.keys(body) : [];
  if (names.length > 0 && names.every((name) => fields.includes(name))) return body as Record<string, unknown>;
  throw new EditError(400, `expected an object with one or more of ${fields.join(', ')}`);
}

const KEY_PATTERN = /^[\w.-]{1,64}$/;

/** A key: letters, digits, `_`, `-` and `.`, up to 64. */
export function readKey(name: string, value: unknown): string {
  if (typeof value === 'string' && KEY_PATTERN.test(value)) return value;
  throw new EditError(400, `"${name}" must be a key of 1 to 64 letters, digits, "_", "-" or "."`);
}

/** Refuses a key that another entity has. */
export function requireFree(key: string, taken: readonly { readonly key: string }[], what: string): void {
  if (taken.some((each) => each.key === key))
    throw new EditError(400, `there is ${what} with the key "${key}" already`);
}

export function readText(name: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new EditError(400, `"${name}" must be a text`);
}

export function readList(name: string, value: unknown, example: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new EditError(400, `"${name}" must be an array such as ${example}`);
}

export function readRecord(name: string, value: unknown, example: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new EditError(400, `"${name}" must be an object such as ${example}`);
}
