/** Percent-encoding of values from requests, whose senders may write anything. */

/** Decodes a text; returns `undefined` when it is not valid percent-encoding of UTF-8. */
export function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a percent sign without two digits, or bytes that are not UTF-8
  }
}
