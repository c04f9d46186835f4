/** The `AMP_…` cookie: base64 of the percent-encoded JSON of an object. */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { type AmplitudeCookie, pickFields } from './identity.ts';

/** Reads a value; invalid fields are left out, but a visible opt-out counts. */
export function parseBrowser(value: string): AmplitudeCookie {
  const text = decodeBase64(value) ?? '';
  try {
    return pickFields(JSON.parse(decodeURIComponent(text)));
  } catch {
    // Not percent-encoded JSON, or `null`: treated as no cookie, unless it contains an opt-out.
    return /optOut(%22|")(%3A|:)(?!false|null)/i.test(text) ? { optOut: true } : {};
  }
}

/** Writes a value. */
export function formatBrowser(cookie: AmplitudeCookie): string {
  return encodeBase64(encodeURIComponent(JSON.stringify(cookie)));
}
