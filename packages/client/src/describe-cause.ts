/** Describes a thrown value in a short text. Never throws. */
export function describeCause(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause);
  } catch {
    return 'an error that cannot be shown';
  }
}
