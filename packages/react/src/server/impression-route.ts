/** The route to which browsers post the impressions of shown decisions. */
import { recorderElsewhere } from '@sortition/client/internal';
import { type ImpressionToken, openImpression } from './impression-token.ts';
import { createOnceOnly } from './once-only.ts';
import { readKeys, type SealKey } from './sealed-text.ts';

/** Options of `createImpressionRoute`. */
export interface ImpressionRouteOptions {
  /** The secret of `decideForPage`; while you replace it, the new and the old one. */
  readonly key: SealKey;
  /**
   * Claims a token across servers that share a store, such as Redis with `SET … NX`: returns whether it was not claimed
   * before. Each process also remembers its own tokens, and the event of a token has the same `uuid` everywhere.
   */
  readonly claim?: ((id: string, expiresAt: number) => boolean | Promise<boolean>) | undefined;
}

/** A client on the server that records events. */
export interface RecordingClient {
  ready(options?: { readonly timeoutMs?: number }): Promise<void>;
}

const MAX_BODY_BYTES = 262_144;
const MAX_TOKENS = 500;
const READY_MS = 2_000;
/** A transparent image of one pixel. */
const PIXEL = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/** The result for a token. */
type Verdict = 'recorded' | 'repeated' | 'refused' | 'expired' | 'not-ready';

/**
 * Returns a handler for `POST`, with tokens in lines, and for `GET` of the image for pages without scripts. A token is counted once,
 * until it expires; one that was not made with the secret is refused. The handler never rejects.
 *
 * It responds with 204 when every token has been recorded, 400 when one was refused or has expired, and 503 when the
 * client has no datafile yet, in which case browsers retry.
 *
 * @throws SdkError `invalid-option` when the secret is too short
 * @example
 * export const POST = createImpressionRoute(client, { key: process.env.IMPRESSION_KEY });
 * export const GET = POST;
 */
export function createImpressionRoute(
  client: RecordingClient,
  { key, claim }: ImpressionRouteOptions,
): (request: Request) => Promise<Response> {
  const keys = readKeys(key, 'createImpressionRoute');
  const once = createOnceOnly();

  const record = async (text: string): Promise<Verdict> => {
    const token: ImpressionToken | null = await openImpression(text, keys);
    if (token === null) return 'refused';
    const { id, expiresAt, impression } = token;
    const now = Date.now();
    if (expiresAt <= now) return 'expired';
    if (!once.add(id, expiresAt, now)) return 'repeated';
    try {
      // Checked before the token is claimed, so that another attempt can still count it.
      await client.ready({ timeoutMs: READY_MS });
      const recordImpression = recorderElsewhere(client);
      if (recordImpression) {
        if (claim && !(await claim(id, expiresAt))) return 'repeated';
        recordImpression(impression, id);
        return 'recorded';
      }
    } catch {
      // The client has no config in time, or the store of claims failed: the browser retries.
    }
    once.remove(id);
    return 'not-ready';
  };

  return async (request) => {
    const isImage = request.method === 'GET';
    if (!isImage && request.method !== 'POST') return answer(405, { allow: 'GET, POST' });
    const tokens = isImage ? new URL(request.url).searchParams.getAll('t') : await readLines(request);
    if (tokens === null || tokens.length > MAX_TOKENS) return answer(413);
    const verdicts = await Promise.all([...new Set(tokens)].map(record));
    // A broken image would be visible, and the page cannot handle the failure anyway.
    if (isImage)
      return new Response(pixel(), { headers: { 'content-type': 'image/gif', 'cache-control': 'no-store' } });
    if (verdicts.includes('not-ready')) return answer(503);
    return answer(verdicts.some((verdict) => verdict === 'refused' || verdict === 'expired') ? 400 : 204);
  };
}

function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { 'cache-control': 'no-store', ...headers } });
}

function pixel(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(PIXEL), (byte) => byte.charCodeAt(0));
}

/** Returns the lines of a body; `null` when it is too large, none when it ends early or was read before. */
async function readLines(request: Request): Promise<readonly string[] | null> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    const reader = request.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) break;
      bytes += value.byteLength;
      if (bytes > MAX_BODY_BYTES) {
        await reader?.cancel();
        return null;
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return [];
  }
  return text.split('\n').filter((line) => line !== '');
}
