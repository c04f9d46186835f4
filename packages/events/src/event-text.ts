/** Texts of events: sizes on the wire, and JSON that every parser takes. */

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** Whether the JSON of a value is within a limit; exact, but written only when the length of a text does not tell already. */
export function fitsJson(value: unknown, maxBytes: number): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  // Six bytes per UTF-16 unit, when each has to be escaped, and the quotes.
  if (typeof value === 'string' && 6 * value.length + 2 <= maxBytes) return true;
  if (typeof value === 'string' && value.length > maxBytes) return false;
  return byteLength(JSON.stringify(value)) <= maxBytes;
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
