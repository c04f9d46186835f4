/** Forms as the shop's pages send them; anything else is refused, never guessed. */
import type { HonoRequest } from 'hono';

/** Field name to text. */
export type FormFields = ReadonlyMap<string, string>;

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Reads a form; `null` when the body is none. */
export async function readForm(request: HonoRequest): Promise<FormFields | null> {
  if (!(request.header('content-type') ?? '').startsWith(FORM_TYPE)) return null;
  return new Map(new URLSearchParams(await request.text()));
}
