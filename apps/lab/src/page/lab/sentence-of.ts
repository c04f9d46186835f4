/** What went wrong, as a sentence to show. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
