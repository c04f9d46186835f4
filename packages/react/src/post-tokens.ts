/** Posting held impressions to the server that made them. */

/** Tokens that leave together, by URL. */
const waiting = /* @__PURE__ */ new Map<string, string[]>();
const ATTEMPTS = 3;
const RETRY_MS = 2_000;
/** Browsers refuse larger bodies of requests that outlive their page. */
const KEPT_ALIVE_BYTES = 60_000;

/** Posts a token, together with those of the same moment. A token that arrives twice is counted once. */
export function postToken(url: string, token: string): void {
  const tokens = waiting.get(url);
  if (tokens) {
    tokens.push(token);
    return;
  }
  const own = [token];
  waiting.set(url, own);
  queueMicrotask(() => {
    waiting.delete(url);
    post(url, own.join('\n'), ATTEMPTS);
  });
}

async function post(url: string, body: string, attempts: number): Promise<void> {
  try {
    // Not a beacon: lists of ad blockers refuse those by their type, whatever they carry.
    const { status } = await fetch(url, { method: 'POST', body, keepalive: body.length < KEPT_ALIVE_BYTES });
    if (status < 500) return;
  } catch {
    // The network failed: tried again below.
  }
  if (attempts > 1) setTimeout(post, RETRY_MS, url, body, attempts - 1);
}
