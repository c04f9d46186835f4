/** Which ids are written to Redis, and believed when they are read. */

/** Experiment and variation ids are short numbers in practice. */
const MAX_LENGTH = 256;

/** What ids look like, almost always. */
const PLAIN = /^[\w$.:-]{1,64}$/;

/** U+FFFD is what a client makes of bytes that are not text; ids have no control characters. */
const NO_TEXT = /[\p{Cc}\p{Surrogate}\uFFFD]/u;

/**
 * Whether a text can be an experiment or variation id. `__proto__` cannot: of a reply that a client turns into a plain
 * object it would be lost.
 */
export function isStorableId(id: unknown): id is string {
  if (typeof id !== 'string' || id === '__proto__') return false;
  return PLAIN.test(id) || (id !== '' && id.length <= MAX_LENGTH && !NO_TEXT.test(id));
}

/**
 * Reads an id that a client answered. Clients that parse replies as JSON turn an id of digits into a number; one that a
 * number cannot hold exactly they leave as it is.
 *
 * @returns The id; `undefined` for anything that cannot be one.
 */
export function readId(answered: unknown): string | undefined {
  const id = Number.isSafeInteger(answered) ? String(answered) : answered;
  return isStorableId(id) ? id : undefined;
}
