/** Texts of events: sizes on the wire, and JSON that every parser accepts. */
import { byteLength } from './byte-length.ts';

/** Returns whether a text is within a limit; counts bytes only when its length is not enough to know. */
export function fits(text: string, maxBytes: number): boolean {
  // A UTF-16 unit takes three bytes at most.
  return 3 * text.length <= maxBytes || byteLength(text) <= maxBytes;
}

/** Characters that JSON escapes or may have to escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes the control characters
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The JSON of a value; `null` for values that JSON does not have. */
export function writeJson(value: unknown): string {
  if (typeof value === 'string' && !ESCAPED.test(value)) return `"${value}"`;
  return toWellFormedJson(JSON.stringify(value) ?? 'null');
}

/**
 * Replaces lone surrogates in JSON by U+FFFD. `JSON.stringify` escapes them, which many parsers refuse, so that one
 * such user id would make a whole batch fail.
 */
export function toWellFormedJson(text: string): string {
  if (!text.includes('\\ud')) return text;
  // The first alternative skips an escaped backslash, whose second half does not begin an escape.
  return text.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === '\\\\' ? found : '\ufffd'));
}
