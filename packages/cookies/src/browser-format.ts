/** The `AMP_…` cookie: base64 of the percent-encoded JSON of an object. */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { type AmplitudeCookie, pickFields } from './identity.ts';

/** Reads a value; what cannot be read is left out. */
export function parseBrowser(value: string): AmplitudeCookie {
  try {
    return pickFields(JSON.parse(decodeURIComponent(decodeBase64(value) ?? '')));
  } catch {
    return {}; // no percent-encoded JSON, or `null`: as good as no cookie
  }
}

/** Writes a value. */
export function formatBrowser(cookie: AmplitudeCookie): string {
  return encodeBase64(encodeURIComponent(JSON.stringify(cookie)));
}
