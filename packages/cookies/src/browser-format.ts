/** The `AMP_…` cookie: base64 of the percent-encoded JSON of an object. */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { type AmplitudeCookie, pickFields } from './identity.ts';

/** Reads a value; what cannot be read is left out, but for an opt-out that still shows. */
export function parseBrowser(value: string): AmplitudeCookie {
  const text = decodeBase64(value) ?? '';
  try {
    return pickFields(JSON.parse(decodeURIComponent(text)));
  } catch {
    // Not the percent-encoding of JSON, or `null`: as good as no cookie, unless it said "do not track me".
    return /optOut(%22|")(%3A|:)(?!false|null)/i.test(text) ? { optOut: true } : {};
  }
}

/** Writes a value. */
export function formatBrowser(cookie: AmplitudeCookie): string {
  return encodeBase64(encodeURIComponent(JSON.stringify(cookie)));
}
