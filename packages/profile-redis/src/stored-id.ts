/** Which ids are written to Redis, and believed when they are read. */

/** Experiment and variation ids are short numbers in practice. */
const MAX_LENGTH = 256;

/** U+FFFD is what a client makes of bytes that are no text; control characters are no part of an id. */
const NO_TEXT = /[\p{Cc}\p{Surrogate}\uFFFD]/u;

/**
 * Whether a text can be an experiment or variation id. `__proto__` cannot: of a reply that a client turns into a plain
 * object it would be lost.
 */
export function isStorableId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= MAX_LENGTH && id !== '__proto__' && !NO_TEXT.test(id);
}
