/** Entity tags of bulk evaluations: they change with the answer and with the context it was given for. */

/** Returns a strong entity tag, quoted. */
export async function entityTag(context: unknown, answer: string): Promise<string> {
  const text = `${JSON.stringify(context)}\n${answer}`;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return `"${btoa(String.fromCharCode(...digest.subarray(0, 18)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')}"`;
}

/** Whether `If-None-Match` names the tag. */
export function isMatch(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((entry) => entry.trim().replace(/^W\//, '') === tag);
}
