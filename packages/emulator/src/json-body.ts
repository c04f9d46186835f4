/** Reads a JSON body whose bytes and text are kept. */
import type { NodeContext } from './node-context.ts';

/** A body in three forms; `value` is `undefined` when the text is no JSON. */
interface JsonBody {
  readonly raw: Uint8Array;
  readonly text: string;
  readonly value: unknown;
}

/** Reads the whole body. */
export async function readJsonBody(context: NodeContext): Promise<JsonBody> {
  const raw = new Uint8Array(await context.req.arrayBuffer());
  const text = new TextDecoder().decode(raw);
  try {
    return { raw, text, value: JSON.parse(text) };
  } catch {
    return { raw, text, value: undefined }; // the caller responds with 400
  }
}

/** Tells an object apart from arrays, null and primitives. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
