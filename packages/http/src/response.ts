/** What an HTTP exchange ends with, and reading its body within bounds. */
import { isSdkError, SdkError } from '@sortition/core/errors';
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
  return { status, header: (name) => headers.get(name), text };
}

/** Reads the status and the headers, and gives up the body. */
export function readStatus(response: Response, what: string): HttpResponse {
  checkStatus(response, what);
  try {
    discardBody(response);
  } catch {
    // A body that cannot be given up is a custom fetch's own affair: the status is known.
  }
  const { status, headers } = response;
  return { status, header: (name) => headers?.get(name) ?? null, text: '' };
}

function checkStatus(response: Response, what: string): void {
  if (typeof response?.status === 'number') return;
  throw new SdkError('invalid-response', `${what} got something without a status; fetch has to resolve to a Response.`);
}

/** Gives up a body that nobody will read, so that its connection is released. */
export function discardBody(response: Response): void {
  response.body?.cancel().catch(ignoreFailedCancel);
}

/** A body that is broken already has nothing left to release. */
function ignoreFailedCancel(): undefined {
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
    reader.cancel().catch(ignoreFailedCancel);
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
