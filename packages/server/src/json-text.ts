/**
 * JSON text. Variables are most of each response, and the same objects for every user of a variation, so they are
 * written once.
 */

const texts = new WeakMap<object, string>();

/** Returns the JSON text of a value; caches it for frozen objects. */
export function jsonText(value: unknown): string {
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return JSON.stringify(value);
  let text = texts.get(value);
  if (text === undefined) {
    text = JSON.stringify(value);
    texts.set(value, text);
  }
  return text;
}
