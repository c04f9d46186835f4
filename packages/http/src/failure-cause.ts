/** Describes why a request failed: platforms wrap the cause in errors that all say "fetch failed". */

const DEEPEST_CAUSE = 5;

/** Returns the innermost error; of several attempts (one for each address of a host) that of the first. */
export function innermostCause(error: unknown): unknown {
  let inner = error;
  for (let depth = 0; depth < DEEPEST_CAUSE; depth += 1) {
    const { cause, errors } = Object(inner) as { readonly cause?: unknown; readonly errors?: readonly unknown[] };
    const next = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
    if (next == null) break;
    inner = next;
  }
  return inner;
}

/**
 * Returns the cause as the end of a sentence, on one line and with URLs cut to their origin; `''` when nothing may be
 * shown.
 */
export function describeCause(cause: unknown): string {
  if (cause == null) return '';
  const { message, code } = Object(cause) as { readonly message?: unknown; readonly code?: unknown };
  const text = String(message || code || cause)
    .replace(/(https?:\/\/[^\s/?#"')]+)[^\s"')]*/gi, '$1')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
  return `: ${text.slice(0, 200)}`;
}
