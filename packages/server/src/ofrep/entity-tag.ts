/** Entity tags of bulk evaluations: they change with the answer and with the context it was given for. */
import { sha256 } from '../sha256.ts';

/** Bytes of the SHA-256 that are kept. */
const KEPT = 18;

/** Returns a strong entity tag, quoted. */
export async function entityTag(context: unknown, answer: string): Promise<string> {
  const hash = await sha256(`${JSON.stringify(context)}\n${answer}`);
  const text = btoa(String.fromCharCode(...hash.subarray(0, KEPT)));
  return `"${text.replaceAll('+', '-').replaceAll('/', '_')}"`;
}

/** Whether `If-None-Match` names the tag. */
export function isMatch(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((entry) => entry.trim().replace(/^W\//, '') === tag);
}
