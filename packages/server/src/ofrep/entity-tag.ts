/** Entity tags of bulk evaluations: they change with the answer and with the context it was given for. */
import { sha256 } from '../sha256.ts';

/** Characters of the hash that are kept: 18 bytes. */
const KEPT = 24;

/** Returns a strong entity tag, quoted, or a promise of it. */
export function entityTag(context: unknown, answer: string): string | Promise<string> {
  const hash = sha256(`${JSON.stringify(context)}\n${answer}`, 'base64url');
  return typeof hash === 'string' ? toTag(hash) : hash.then(toTag);
}

function toTag(hash: string): string {
  return `"${hash.slice(0, KEPT)}"`;
}

/** Whether `If-None-Match` names the tag. */
export function isMatch(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((entry) => entry.trim().replace(/^W\//, '') === tag);
}
