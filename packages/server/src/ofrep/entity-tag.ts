/** Entity tags of bulk evaluations: they change with the response and with the context. */
import { addHash, addText, startHash, type TextHash } from '../measured-text.ts';

/**
 * Returns a strong entity tag, quoted. Servers with the same response have the same tag, and the tag is known without
 * writing the response.
 *
 * @param flags Hashes of the flags of the response, in order.
 * @param end The text after the flags.
 */
export function entityTag(context: unknown, flags: readonly TextHash[], end: TextHash): string {
  const hash = startHash();
  addText(hash, JSON.stringify(context));
  for (const flag of flags) addHash(hash, flag);
  addHash(hash, end);
  return `"${toText(hash.high)}${toText(hash.low)}"`;
}

/** Returns a text of constant length. */
function toText(number: number): string {
  return (number >>> 0).toString(36).padStart(7, '0');
}

/** Returns whether `If-None-Match` contains the tag. */
export function isMatch(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((entry) => entry.trim().replace(/^W\//, '') === tag);
}
