/** A short text of whatever was thrown; never throws itself. */
export function describeCause(cause: unknown): string {
  try {
    return cause instanceof Error ? cause.message : String(cause);
  } catch {
    return 'an error that cannot be shown';
  }
}
