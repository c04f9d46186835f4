/** Why no answer came, in words. Browsers say little, and wrap nothing. */

/** The error itself. */
export function innermostCause(error: unknown): unknown {
  return error;
}

/** The cause as the end of a sentence; `''` when nothing may be shown. */
export function describeCause(cause: unknown): string {
  if (cause == null) return '';
  const { message = cause } = Object(cause) as { readonly message?: unknown };
  return `: ${String(message).slice(0, 200)}`;
}
