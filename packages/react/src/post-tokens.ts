/** Posting held impressions to the server that made them. */

/**
 * Posts tokens, again when the network or the server fails: a token that arrives twice is counted once.
 *
 * @param attempts How many are left after this one.
 */
export async function postTokens(url: string, body: string, attempts: number = 2): Promise<void> {
  try {
    // Not a beacon: lists of ad blockers refuse those by their kind, whatever they carry. Browsers refuse larger bodies of requests
    // that outlive their page.
    const answer = await fetch(url, { method: 'POST', body, keepalive: !body[60_000] });
    if (answer.status < 500) return;
  } catch {
    // The network failed.
  }
  if (attempts) setTimeout(postTokens, 2_000, url, body, attempts - 1);
}
