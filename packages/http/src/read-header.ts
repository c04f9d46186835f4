/** Headers of an answer, which a `fetch` of the application may leave out or make of anything. */

/** Returns the value without spaces around it; `null` for one that is absent, not a text, or cannot be read. */
export function readHeader(headers: Headers | undefined, name: string): string | null {
  try {
    // Absent headers are not left to `catch`: making an error costs more than reading the answer.
    return headers?.get(name)?.trim() ?? null;
  } catch {
    return null;
  }
}
