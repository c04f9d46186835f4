/** Base64 of UTF-8 text, on what every runtime has. */

/** Reads padded, unpadded and URL-safe base64; `undefined` for what is no base64 or no valid UTF-8. */
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
    return undefined; // a length that no base64 has, or bytes that are not UTF-8
  }
}

/** Writes padded base64 in the standard alphabet. `text` must not contain halves of surrogate pairs. */
export function encodeBase64(text: string): string {
  return btoa(
    encodeURIComponent(text).replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}
