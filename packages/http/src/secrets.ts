/** Keeps keys and tokens out of messages, logs and error causes. */

const DEEPEST_CAUSE = 5;

/** A key as it may be shown: its first characters, at most six and never more than a quarter, and four stars. */
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
 * Returns the error as it is when it shows no secret, else a plain copy with masked texts: a transport's error may quote
 * the URL or a header it was given. Follows `cause` five levels deep and drops what is below. An error that cannot be read is
 * `undefined`, because it may show a secret all the same.
 */
export function maskError(error: unknown, secrets: readonly string[]): unknown {
  try {
    return secrets.length > 0 && showsSecret(error, secrets) ? copyMasked(error, secrets, 0) : error;
  } catch {
    return undefined;
  }
}

/** Whether a secret shows in an error or in one of its causes, which are followed five levels deep; below is taken to. */
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
