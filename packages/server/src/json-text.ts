/** JSON text. Variables are most of what is answered, and the same objects for every user of a variation: written once. */

const texts = new WeakMap<object, string>();

/** The JSON text of a value; kept for objects that cannot change. */
export function jsonText(value: unknown): string {
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return JSON.stringify(value);
  let text = texts.get(value);
  if (text === undefined) {
    text = JSON.stringify(value);
    texts.set(value, text);
  }
  return text;
}
