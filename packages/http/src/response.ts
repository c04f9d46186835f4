/** What an HTTP exchange ends with, and reading its body within bounds. */
import { isSdkError, SdkError } from '@sortition/core/errors';
import { startTimer } from './clock.ts';
import { readHeader } from './read-header.ts';
import { decodeUtf8 } from './text.ts';

/** A complete answer of any status. */
export interface HttpResponse {
  readonly status: number;
  /** A header's value, `null` when absent; names in any case. */
  header(name: string): string | null;
  /** The body as text. */
  readonly text: string;
}

/** Bodies of failures are only ever shown or logged; more of one is not worth reading. */
const MAX_FAILURE_BYTES = 65_536;

/** Reads the whole answer; rejects with `invalid-response` when its inflated body is over `maxBytes` or is not UTF-8. */
export async function readResponse(response: Response, maxBytes: number, what: string): Promise<HttpResponse> {
  checkStatus(response, what);
  const { status, headers } = response;
  const isFailure = status >= 300;
  const text = await readText(response, isFailure ? MAX_FAILURE_BYTES : maxBytes, what).catch((error: unknown) => {
    // A failure's status matters more than a body that is too long or garbled; a broken connection is still an error.
    if (isFailure && isSdkError(error)) return '';
    throw error;
  });
  return { status, header: (name) => readHeader(headers, name), text };
}

/** Reads the status and the headers; the body is read behind it and dropped. */
export function readStatus(response: Response, what: string): HttpResponse {
  checkStatus(response, what);
  try {
    releaseBody(response);
  } catch {
    // The status is known; that a custom fetch has a body that cannot be read changes nothing.
  }
  const { status, headers } = response;
  return { status, header: (name) => readHeader(headers, name), text: '' };
}

function checkStatus(response: Response, what: string): void {
  if (typeof response?.status === 'number') return;
  throw new SdkError('invalid-response', `${what} got something without a status; fetch has to resolve to a Response.`);
}

/** How long (ms) a body that is dropped may take to end by itself. */
const RELEASE_MS = 1_000;

/**
 * Drops a body without losing its connection: reads a small one to its end, behind the caller's back, and gives up one
 * that is long or slow. A connection closed after each answer costs a TLS handshake per request.
 */
export function releaseBody(response: Response): void {
  const reader = response.body?.getReader();
  if (!reader) return;
  const cancel = () => reader.cancel().catch(ignoreFailure);
  const stopTimer = startTimer(cancel, RELEASE_MS);
  const readOn = async (read: number): Promise<unknown> => {
    const { done, value } = await reader.read();
    if (done) return undefined;
    const length = read + value.byteLength;
    // What has no length, such as a text, is as good as endless.
    return length <= MAX_FAILURE_BYTES ? readOn(length) : cancel();
  };
  readOn(0).catch(ignoreFailure).then(stopTimer);
}

/** Gives up a body at once, with its connection. */
export function cancelBody(response: Response): void {
  response.body?.cancel().catch(ignoreFailure);
}

/** What is broken already has nothing left to release. */
function ignoreFailure(): undefined {
  return undefined;
}

async function readText(response: Response, maxBytes: number, what: string): Promise<string> {
  const check = (length: number) => {
    if (length <= maxBytes) return;
    throw new SdkError('invalid-response', `The answer to ${what} is longer than the limit of ${maxBytes} bytes.`);
  };
  // React Native has no body streams, and a 204 has none either.
  if (!response.body) {
    const text = await response.text();
    check(text.length);
    return text;
  }
  const reader = response.body.getReader();
  const read = () => reader.read();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let part = await read(); !part.done; part = await read()) {
      length += part.value.byteLength;
      check(length);
      chunks.push(part.value);
    }
  } catch (error) {
    reader.cancel().catch(ignoreFailure);
    throw error;
  }
  return decodeUtf8(
    chunks.length === 1 ? (chunks[0] as Uint8Array) : concatenate(chunks, length),
    `The answer to ${what}`,
  );
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
