/** The response of an HTTP exchange, and reading its body within limits. */
import { isSdkError, SdkError } from '@sortition/core/errors';
import { readHeader } from './read-header.ts';
import { releaseBody } from './release-body.ts';
import { decodeUtf8 } from './text.ts';

/** A complete response of any status. */
export interface HttpResponse {
  readonly status: number;
  /** A header's value, `null` when absent; names in any case. */
  header(name: string): string | null;
  /** The body as text. */
  readonly text: string;
}

/** Bodies of failures are only shown or logged, so longer ones are not read. */
const MAX_FAILURE_BYTES = 65_536;

/**
 * Reads the whole response; rejects with `invalid-response` when its inflated body is over `maxBytes` or is not UTF-8.
 */
export async function readResponse(response: Response, maxBytes: number, what: string): Promise<HttpResponse> {
  const answer = readHead(response, what);
  const isFailure = answer.status >= 300;
  try {
    answer.text = await readText(response, isFailure ? MAX_FAILURE_BYTES : maxBytes, what);
  } catch (error) {
    // For a failure the status matters more than a body that is too long or invalid; a broken connection is still an
    // error.
    if (!isFailure || !isSdkError(error)) throw error;
  }
  return answer;
}

/** Reads the status and the headers; the body is dropped. */
export function readStatus(response: Response, what: string): HttpResponse {
  const answer = readHead(response, what);
  void releaseBody(response);
  return answer;
}

/** The answer before its body is read. */
function readHead(response: Response, what: string): HttpResponse & { text: string } {
  const { status, headers } = Object(response) as Response;
  if (typeof status === 'number') return { status, header: (name) => readHeader(headers, name), text: '' };
  throw new SdkError('invalid-response', `${what} got no status; fetch must resolve to a Response.`);
}

async function readText(response: Response, maxBytes: number, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  try {
    // React Native has no body streams, and a 204 has none either.
    if (!reader) {
      const text = await response.text();
      if (text.length <= maxBytes) return text;
    } else {
      // Not within the limit is also what has no length, such as a text in place of bytes.
      while (length <= maxBytes) {
        const { done, value } = await reader.read();
        if (done) return decodeUtf8(concatenate(chunks, length), `The answer to ${what}`);
        length += value.byteLength;
        chunks.push(value);
      }
    }
    throw new SdkError('invalid-response', `The answer to ${what} is longer than the limit of ${maxBytes} bytes.`);
  } catch (error) {
    reader?.cancel().catch(() => undefined);
    throw error;
  }
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
