/** Entity tags of bulk evaluations: they change with the answer and with the context it was given for. */
import { addHash, addText, startHash, type TextHash } from '../measured-text.ts';

/**
 * Returns a strong entity tag, quoted. Servers that give the same answer give the same tag, and no server has to write the
 * answer to know it.
 *
 * @param flags What the answer says of each flag, in its order.
 * @param end What follows the flags.
 */
export function entityTag(context: unknown, flags: readonly TextHash[], end: TextHash): string {
  const hash = startHash();
  addText(hash, JSON.stringify(context));
  for (const flag of flags) addHash(hash, flag);
  addHash(hash, end);
  return `"${toText(hash.high)}${toText(hash.low)}"`;
}

/** As a text of one length. */
function toText(number: number): string {
  return (number >>> 0).toString(36).padStart(7, '0');
}

/** Whether `If-None-Match` names the tag. */
export function isMatch(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((entry) => entry.trim().replace(/^W\//, '') === tag);
}
