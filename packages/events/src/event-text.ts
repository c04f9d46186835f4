/** Texts of events: sizes on the wire, and JSON that every parser takes. */
import { byteLength } from './byte-length.ts';

/** Whether a text is within a limit; counted only when its length does not tell already. */
export function fits(text: string, maxBytes: number): boolean {
  // A UTF-16 unit takes three bytes at most.
  return 3 * text.length <= maxBytes || byteLength(text) <= maxBytes;
}

/** What JSON writes in another way than it is, or may have to. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes the control characters
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The JSON of a value; what JSON does not have is `null`. */
export function writeJson(value: unknown): string {
  if (typeof value === 'string' && !ESCAPED.test(value)) return `"${value}"`;
  return toWellFormedJson(JSON.stringify(value) ?? 'null');
}

/**
 * Replaces surrogates that stand alone in JSON by U+FFFD. `JSON.stringify` escapes them, which many parsers refuse, and one
 * user id of that kind would cost its whole batch.
 */
export function toWellFormedJson(text: string): string {
  if (!text.includes('\\ud')) return text;
  // The first alternative steps over an escaped backslash, whose second half must not be taken for the escape's.
  return text.replace(/\\\\|\\ud[89a-f][0-9a-f]{2}/g, (found) => (found === '\\\\' ? found : '\ufffd'));
}
