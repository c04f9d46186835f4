/** Texts of events: sizes on the wire, and JSON that every parser takes. */

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
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
