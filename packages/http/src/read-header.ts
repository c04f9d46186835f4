/** Headers of a response, which may be missing or of any type when they come from a `fetch` of the application. */

/** Returns the value without spaces around it; `null` for one that is absent, not a text, or cannot be read. */
export function readHeader(headers: Headers | undefined, name: string): string | null {
  try {
    // Absent headers are checked here, because creating an error costs more than reading the response.
    return headers?.get(name)?.trim() ?? null;
  } catch {
    return null;
  }
}
