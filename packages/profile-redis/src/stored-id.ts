/** Checks of ids before they are written to Redis and after they are read. */

/** Experiment and variation ids are short numbers in practice. */
const MAX_LENGTH = 256;

/** The format of almost all ids. */
const PLAIN = /^[\w$.:-]{1,64}$/;

/** Clients read bytes that are not text as U+FFFD; ids have no control characters. */
const NO_TEXT = /[\p{Cc}\p{Surrogate}\uFFFD]/u;

/**
 * Returns whether a text can be an experiment or variation id. `__proto__` cannot: it would be lost in a reply that a
 * client turns into a plain object.
 */
export function isStorableId(id: unknown): id is string {
  if (typeof id !== 'string' || id === '__proto__') return false;
  return PLAIN.test(id) || (id !== '' && id.length <= MAX_LENGTH && !NO_TEXT.test(id));
}

/**
 * Reads an id from a reply. Clients that parse replies as JSON turn an id of digits into a number, unless a number
 * cannot represent it exactly.
 *
 * @returns The id; `undefined` for anything that cannot be one.
 */
export function readId(answered: unknown): string | undefined {
  const id = Number.isSafeInteger(answered) ? String(answered) : answered;
  return isStorableId(id) ? id : undefined;
}
