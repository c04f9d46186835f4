/**
 * The response body of the Node transport, read chunk by chunk. A few chunks are queued between the connection and its
 * reader; a slow reader pauses the connection.
 */
import { SdkError } from '@sortition/core/errors';
import { loadNodeModule } from './node-modules.ts';

/** The methods for the connection and for the reader. */
export interface NodeBody {
  /** Returns whether more may be pushed at once; otherwise `resume` of `createNodeBody` is called later. */
  push(chunk: Uint8Array): boolean;
  end(): void;
  fail(error: unknown): void;
  /** One call at a time. */
  read(): Promise<ReadableStreamReadResult<Uint8Array>>;
}

/** Chunks kept for a reader that is slower than the network; the connection waits beyond that. */
const MAX_WAITING_CHUNKS = 16;

/** Creates a body without encoding. `resume` is called when there is room again. */
function createPlainBody(resume: () => void): NodeBody {
  const waiting: Uint8Array[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let stopped = false;
  let wake: (() => void) | undefined;
  return {
    push(chunk) {
      stopped = waiting.push(chunk) >= MAX_WAITING_CHUNKS;
      wake?.();
      return !stopped;
    },
    end() {
      ended = true;
      wake?.();
    },
    fail(error) {
      failure ??= { error };
      wake?.();
    },
    async read() {
      while (waiting.length === 0 && failure === undefined && !ended) {
        if (stopped) {
          stopped = false;
          resume();
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure !== undefined) throw failure.error;
      const value = waiting.shift();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
  };
}

/**
 * Creates the inflated body for a content encoding. Throws an `SdkError` with the code `invalid-response` for an
 * encoding that was not requested; fails beyond `maxCompressedBytes` on the wire.
 */
export function createNodeBody(contentEncoding: string, maxCompressedBytes: number, resume: () => void): NodeBody {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return createPlainBody(resume);
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGzipBody(maxCompressedBytes, resume);
  throw new SdkError(
    'invalid-response',
    `The answer is encoded as ${encoding.slice(0, 32)}; expected gzip or no encoding.`,
  );
}

function createGzipBody(maxCompressedBytes: number, resume: () => void): NodeBody {
  const gunzip = loadNodeModule('node:zlib').createGunzip();
  const inflated = createPlainBody(() => gunzip.resume());
  let received = 0;
  gunzip.on('data', (chunk: Uint8Array) => {
    if (!inflated.push(chunk)) gunzip.pause();
  });
  gunzip.on('end', inflated.end);
  gunzip.on('error', inflated.fail);
  gunzip.on('drain', resume);
  return {
    push(chunk) {
      received += chunk.byteLength;
      if (received <= maxCompressedBytes) return gunzip.write(chunk);
      const limit = `The answer is longer than the limit of ${maxCompressedBytes} compressed bytes.`;
      gunzip.destroy(new SdkError('invalid-response', limit));
      return true;
    },
    end: () => gunzip.end(),
    fail: (error) => gunzip.destroy(error as Error),
    read: inflated.read,
  };
}
