/** Reads a JSON body whose raw text is kept. */
import type { NodeContext } from './node-context.ts';

/** The body as text and as value; `value` is `undefined` when the text is no JSON. */
export async function readJsonBody(context: NodeContext): Promise<{ text: string; value: unknown }> {
  const text = await context.req.text();
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    return { text, value: undefined }; // the caller answers 400
  }
}

/** Tells an object apart from arrays, null and primitives. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
