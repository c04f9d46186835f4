/** Keeps keys and tokens out of messages, logs and error causes. */

const DEEPEST_CAUSE = 5;

/** Returns a masked key: its first characters, at most six and at most a quarter, and four stars. */
export function maskSecret(secret: string): string {
  return `${secret.slice(0, Math.min(6, secret.length / 4))}****`;
}

/** Replaces every secret in a text by its masked form; empty secrets are ignored. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) if (secret !== '') masked = masked.replaceAll(secret, maskSecret(secret));
  return masked;
}

/**
 * Returns the error unchanged when it contains no secret, otherwise a plain copy with masked texts: a transport's error
 * may quote the URL or a header. Follows `cause` five levels deep and drops deeper causes. Returns `undefined` for an
 * error that cannot be read, because it may contain a secret.
 */
export function maskError(error: unknown, secrets: readonly string[]): unknown {
  try {
    return secrets.length > 0 && showsSecret(error, secrets) ? copyMasked(error, secrets, 0) : error;
  } catch {
    return undefined;
  }
}

/**
 * Returns whether an error or one of its causes contains a secret. Causes are followed five levels deep; deeper ones
 * count as containing one.
 */
export function showsSecret(error: unknown, secrets: readonly string[], depth = 0): boolean {
  const { stack, cause } = Object(error) as Partial<Error>;
  const text = `${String(error)} ${stack}`;
  if (secrets.some((secret) => secret !== '' && text.includes(secret))) return true;
  return cause !== undefined && (depth >= DEEPEST_CAUSE || showsSecret(cause, secrets, depth + 1));
}

function copyMasked(error: unknown, secrets: readonly string[], depth: number): unknown {
  if (!(error instanceof Error)) return maskSecrets(String(error), secrets);
  const cause =
    error.cause === undefined || depth >= DEEPEST_CAUSE
      ? undefined
      : { cause: copyMasked(error.cause, secrets, depth + 1) };
  const copy = new Error(maskSecrets(error.message, secrets), cause);
  copy.name = error.name;
  copy.stack = maskSecrets(error.stack ?? '', secrets);
  return copy;
}
