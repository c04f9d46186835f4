/** Describes why a request failed. Browsers do not wrap errors, so there is no inner cause. */

/** The same as in the main entry. */
export function describeCause(cause: unknown): string {
  if (cause == null) return '';
  const text = String((cause as Partial<Error>).message || cause)
    .replace(/(https?:\/\/[^\s/?#"')]+)[^\s"')]*/gi, '$1')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
  return `: ${text.slice(0, 200)}`;
}
