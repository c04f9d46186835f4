/** Base64 of UTF-8 text, without APIs that some runtimes lack. */

/** Reads padded, unpadded and URL-safe base64; `undefined` for anything else. */
export function decodeBase64(text: string): string | undefined {
  try {
    const bytes = atob(
      text
        .replace(/-/g, '+')
        .replace(/_/g, '/')
        .replace(/={1,2}$/, ''),
    );
    return decodeURIComponent(bytes.replace(/./gs, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`));
  } catch {
    return undefined; // an invalid length, or bytes that are not UTF-8
  }
}

/** Writes padded base64 in the standard alphabet. `text` must not contain lone surrogates. */
export function encodeBase64(text: string): string {
  return btoa(toBytes(text));
}

/** UTF-8 of a text, for runtimes without `TextEncoder`; lone surrogates become U+FFFD, as with `TextEncoder`. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  const wellFormed = text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) =>
    found.length === 2 ? found : '\ufffd',
  );
  return Uint8Array.from(toBytes(wellFormed), (byte) => byte.charCodeAt(0));
}

/** One character per byte. */
function toBytes(text: string): string {
  return encodeURIComponent(text).replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
