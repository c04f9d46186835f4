/** Answers as JSON text. Variables are most of it, and the same objects for every user of a variation: written once. */

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

/** Answers JSON text. */
export function jsonAnswer(text: string, status = 200, headers?: Readonly<Record<string, string>>): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json', ...headers } });
}
