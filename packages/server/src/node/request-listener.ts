/**
 * Requests of Node, answered from its own streams where the server can: web requests and responses are half of what one
 * costs. All others go through `fetch`.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { DirectAnswers, DirectExchange } from '../direct-answers.ts';
import type { Answer, RequestHeaders } from '../exchange.ts';

/** What `createServer` takes. */
type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

/**
 * @param throughFetch Answers any request.
 * @param isDirect Asked with each request; without it all go through `fetch`.
 */
export function createRequestListener(
  direct: DirectAnswers,
  throughFetch: RequestListener,
  isDirect: () => boolean,
): RequestListener {
  return (incoming, outgoing) => {
    const exchange = isDirect() ? begin(direct, incoming) : null;
    if (exchange === null) return throughFetch(incoming, outgoing);
    const chunks: Uint8Array[] = [];
    let isWhole = false;
    incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    incoming.on('end', () => {
      isWhole = true;
      const [first] = chunks;
      const body = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
      exchange
        .answer(body)
        .then((answer) => send(outgoing, answer))
        .catch(() => outgoing.destroy());
    });
    incoming.on('close', () => {
      if (!isWhole) exchange.abandon();
    });
  };
}

/** Hosts that need no parser of addresses to be known as one. */
const HOST = /^[a-z0-9._-]+(?::\d{1,5})?$/i;

/** A body whose length is not known has to be counted while it arrives. */
function begin(direct: DirectAnswers, incoming: IncomingMessage): DirectExchange | null {
  const { method, url = '', headers, rawHeaders } = incoming;
  if (method !== 'POST' || headers['content-length'] === undefined || !HOST.test(headers.host ?? '')) return null;
  return hasRepeats(rawHeaders) ? null : direct.begin(url, readerOf(headers));
}

/** Headers that are read here and of whose lines Node keeps the first, where web headers join them; by their length. */
const FIRST_KEPT = new Map(['host', 'content-type', 'authorization'].map((name) => [name.length, name]));

/** Whether one of them was sent twice: what the guards let pass has to be what `fetch` would. */
function hasRepeats(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (FIRST_KEPT.get(name.length) !== name.toLowerCase()) continue;
    const bit = 1 << name.length;
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}

function readerOf(headers: IncomingHttpHeaders): RequestHeaders {
  return {
    get(name) {
      const value = headers[name];
      return value === undefined ? null : String(value);
    },
  };
}

function send(outgoing: ServerResponse, { status, text, headers }: Answer): void {
  if (text !== null) outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
  else outgoing.writeHead(status, status === 304 ? headers : { ...headers, 'content-length': 0 }).end();
}
