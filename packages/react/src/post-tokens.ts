/** Posting held impressions to the server that made them. */

const ATTEMPTS = 3;
const RETRY_MS = 2_000;
/** Browsers refuse larger bodies of requests that outlive their page. */
const KEPT_ALIVE_BYTES = 60_000;

/** Posts tokens, again when the network or the server fails: a token that arrives twice is counted once. */
export async function postTokens(url: string, body: string, attempts: number = ATTEMPTS): Promise<void> {
  try {
    // Not a beacon: lists of ad blockers refuse those by their kind, whatever they carry.
    const answer = await fetch(url, { method: 'POST', body, keepalive: body.length < KEPT_ALIVE_BYTES });
    if (answer.status < 500) return;
  } catch {
    // The network failed.
  }
  if (attempts > 1) setTimeout(postTokens, RETRY_MS, url, body, attempts - 1);
}
