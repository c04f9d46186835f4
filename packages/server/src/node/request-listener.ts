/**
 * Handles requests of Node with its own streams where possible: web requests and responses would double the cost. All
 * other requests use `fetch`.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isThenable } from '@sortition/core/internal';
import type { DirectAnswers, DirectExchange } from '../direct-answers.ts';
import type { Answer, RequestHeaders } from '../exchange.ts';

/** The listener for `createServer`. */
type RequestListener = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;

/**
 * @param throughFetch Handles any request.
 * @param isDirect Called with each request; when it returns `false`, `fetch` is used.
 */
export function createRequestListener(
  direct: DirectAnswers,
  throughFetch: RequestListener,
  isDirect: () => boolean,
): RequestListener {
  const send = createSender();
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
      const answer = exchange.answer(body);
      if (isThenable(answer)) answer.then((later) => send(outgoing, later));
      else send(outgoing, answer);
    });
    incoming.on('close', () => {
      if (!isWhole) exchange.abandon();
    });
  };
}

/** Hosts that are valid without parsing a URL. */
const HOST = /^[a-z0-9._-]+(?::\d{1,5})?$/i;

/** A body of unknown length has to be counted while it arrives. */
function begin(direct: DirectAnswers, incoming: IncomingMessage): DirectExchange | null {
  const { method, url = '', headers, rawHeaders } = incoming;
  if (method !== 'POST' || headers['content-length'] === undefined || !HOST.test(headers.host ?? '')) return null;
  return hasRepeats(rawHeaders) ? null : direct.begin(url, new NodeHeaders(headers));
}

/**
 * Returns whether a header that is read here was sent twice: Node keeps the first line of some headers where web
 * headers join them, and guards must decide the same as in `fetch`.
 */
function hasRepeats(rawHeaders: readonly string[]): boolean {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length !== HOST_NAME.length && name.length !== CONTENT_TYPE.length && name.length !== AUTHORIZATION.length)
      continue;
    const lowerCase = name.toLowerCase();
    if (lowerCase !== HOST_NAME && lowerCase !== CONTENT_TYPE && lowerCase !== AUTHORIZATION) continue;
    const bit = 1 << name.length;
    if ((seen & bit) !== 0) return true;
    seen |= bit;
  }
  return false;
}

const HOST_NAME = 'host';
const CONTENT_TYPE = 'content-type';
const AUTHORIZATION = 'authorization';

/** A class, because one is created per request: no closures. */
class NodeHeaders implements RequestHeaders {
  readonly #headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    this.#headers = headers;
  }

  get(name: string): string | null {
    const value = this.#headers[name];
    return value === undefined ? null : String(value);
  }
}

/** Limit of delayed responses, so that a client does not wait for all others. */
const MAX_WAITING = 128;

/**
 * Returns a function that sends responses: those to requests that arrived together are written together, after all of
 * these were read. Alternating between reading and writing costs a third more, because each write wakes the client, and
 * the processor's caches have to be filled again.
 */
function createSender(): (outgoing: ServerResponse, answer: Answer) => void {
  let waiting: { readonly outgoing: ServerResponse; readonly answer: Answer }[] = [];
  const writeAll = (): void => {
    const all = waiting;
    waiting = [];
    for (const { outgoing, answer } of all) write(outgoing, answer);
  };
  return (outgoing, answer) => {
    if (waiting.length === 0) setImmediate(writeAll);
    waiting.push({ outgoing, answer });
    if (waiting.length === MAX_WAITING) writeAll();
  };
}

/** Closes the connection when the response cannot be written. */
function write(outgoing: ServerResponse, { status, text, byteLength, headers }: Answer): void {
  try {
    const lines: (string | number)[] = [];
    for (const [name, value] of Object.entries(headers)) lines.push(name, value);
    if (text === null) {
      if (status !== 304) lines.push('content-length', 0);
      outgoing.writeHead(status, lines).end();
      return;
    }
    const length = byteLength ?? Buffer.byteLength(text);
    lines.push('content-length', length);
    // A text with as many bytes as characters is ASCII, which is copied without encoding.
    outgoing.writeHead(status, lines).end(text, length === text.length ? 'latin1' : 'utf8');
  } catch {
    outgoing.destroy();
  }
}
