/** Posting held impressions to the server that made them. */

/**
 * Posts tokens, again when the network or the server fails: a token that arrives twice is counted once.
 *
 * @param attempts Number of attempts left after this one.
 */
export async function postTokens(url: string, body: string, attempts: number = 2): Promise<void> {
  try {
    // Not a beacon: ad blockers refuse all beacons. Browsers refuse larger bodies of requests with `keepalive`.
    const answer = await fetch(url, { method: 'POST', body, keepalive: !body[60_000] });
    if (answer.status < 500) return;
  } catch {
    // The network failed.
  }
  if (attempts) setTimeout(postTokens, 2_000, url, body, attempts - 1);
}
