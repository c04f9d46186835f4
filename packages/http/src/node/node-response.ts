/**
 * The answer of the Node transport: the part of `Response` that Sortition and GraphQL clients use, over a plain Node
 * stream. Building a real `Response` costs more than the whole exchange over a kept connection.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SdkError } from '@sortition/core/errors';

/** Wraps a message; throws `invalid-response` on a content encoding nobody asked for. */
export function createNodeResponse(message: IncomingMessage, url: string, maxCompressedBytes: number): Response {
  const status = message.statusCode ?? 0;
  const body = createBody(message, maxCompressedBytes);
  const text = () => readAll(body).then((bytes) => new TextDecoder().decode(bytes));
  const response = {
    status,
    statusText: message.statusMessage ?? '',
    ok: status >= 200 && status < 300,
    type: 'basic',
    url,
    redirected: false,
    headers: createHeaders(message.headers),
    body,
    text,
    json: () => text().then(JSON.parse),
    arrayBuffer: () => readAll(body).then((bytes) => bytes.buffer),
  };
  // Documented as this part of a Response; the rest is never touched by what it is given to.
  return response as unknown as Response;
}

function createHeaders(headers: IncomingHttpHeaders): Pick<Headers, 'get' | 'has'> {
  const read = (name: string) => {
    const key = name.toLowerCase();
    return Object.hasOwn(headers, key) ? headers[key] : undefined;
  };
  return {
    has: (name) => read(name) !== undefined,
    get(name) {
      const value = read(name);
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    },
  };
}

type Body = Pick<ReadableStream<Uint8Array>, 'cancel'> & {
  getReader(): Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;
};

function createBody(message: IncomingMessage, maxCompressedBytes: number): Body {
  const stream = inflate(message, maxCompressedBytes);
  const cancel = async () => {
    message.destroy();
    stream.destroy();
  };
  return { cancel, getReader: () => ({ read: createRead(stream), cancel }) };
}

/** Chunks kept for a reader that is slower than the network; the socket waits beyond that. */
const MAX_WAITING_CHUNKS = 16;

/**
 * Reads a stream chunk by chunk, one call at a time. A stream's own async iterator does the same and costs as much as the
 * rest of a small exchange.
 */
function createRead(stream: Readable): () => Promise<ReadableStreamReadResult<Uint8Array>> {
  const waiting: Uint8Array[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const fail = (error: Error | null) => {
    failure ??= error ?? new Error('The connection closed before the answer was complete.');
    wake?.();
  };
  const start = () => {
    stream.on('data', (chunk: Uint8Array) => {
      if (waiting.push(chunk) >= MAX_WAITING_CHUNKS) stream.pause();
      wake?.();
    });
    stream.on('end', () => {
      ended = true;
      wake?.();
    });
    stream.on('error', fail);
    stream.on('close', () => ended || fail(null));
    if (stream.destroyed) fail(stream.errored);
  };

  return async () => {
    if (stream.readableFlowing === null) start();
    while (waiting.length === 0 && failure === undefined && !ended) {
      if (stream.isPaused()) stream.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failure !== undefined) throw failure;
    const value = waiting.shift();
    return value === undefined ? { done: true, value } : { done: false, value };
  };
}

/** The inflated body, failing beyond `maxCompressedBytes` on the wire and on connections cut short. */
function inflate(message: IncomingMessage, maxCompressedBytes: number): Readable {
  // A connection may break before anybody reads; the reader finds the error later, and an unheard one ends the process.
  message.on('error', noteError);
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return message;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    message.destroy();
    throw new SdkError(
      'invalid-response',
      `The answer is encoded as ${encoding.slice(0, 32)}; gzip or nothing was expected.`,
    );
  }
  const gunzip = createGunzip();
  let received = 0;
  message.on('data', (chunk: Uint8Array) => {
    received += chunk.byteLength;
    if (received > maxCompressedBytes) {
      message.destroy(
        new SdkError(
          'invalid-response',
          `The answer is longer than the limit of ${maxCompressedBytes} compressed bytes.`,
        ),
      );
    }
  });
  gunzip.on('error', noteError);
  message.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => message.destroy());
  return message.pipe(gunzip);
}

function noteError(): undefined {
  return undefined;
}

async function readAll(body: Body): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value);
  return Uint8Array.from(Buffer.concat(chunks));
}
