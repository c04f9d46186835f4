/** Bytes of a text in UTF-8, as a browser counts them. */
export function byteLength(text: string): number {
  return new Blob([text]).size;
}
