/** What an HTTP exchange ends with, in a browser, which looks after its connections itself. */
import { isSdkError, SdkError } from '@sortition/core/errors';
import { readHeader } from '../read-header.ts';
import type { HttpResponse } from '../response.ts';
import { decodeUtf8 } from '../text.ts';

/** Bodies of failures are only ever shown or logged; more of one is not worth reading. */
const MAX_FAILURE_BYTES = 65_536;

/** Reads the whole answer; rejects with `invalid-response` when its inflated body is over `maxBytes` or is not UTF-8. */
export async function readResponse(response: Response, maxBytes: number, what: string): Promise<HttpResponse> {
  const answer = readHead(response, what);
  const isFailure = answer.status >= 300;
  try {
    return { ...answer, text: await readText(response, isFailure ? MAX_FAILURE_BYTES : maxBytes, what) };
  } catch (error) {
    // A failure's status matters more than a body that is too long or garbled; a broken connection is still an error.
    if (isFailure && isSdkError(error)) return answer;
    throw error;
  }
}

/** Reads the status and the headers; the body is dropped. */
export function readStatus(response: Response, what: string): HttpResponse {
  const answer = readHead(response, what);
  cancelBody(response);
  return answer;
}

function readHead(response: Response, what: string): HttpResponse {
  const { status, headers } = Object(response) as Response;
  if (typeof status === 'number') return { status, header: (name) => readHeader(headers, name), text: '' };
  throw new SdkError('invalid-response', `${what} got something without a status; fetch has to resolve to a Response.`);
}

/** Gives up a body. One that cannot be given up changes nothing. */
export function cancelBody(response: Response): void {
  Promise.resolve()
    .then(() => response.body?.cancel())
    .catch(() => undefined);
}

async function readText(response: Response, maxBytes: number, what: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  // Without a stream, as for a 204, the body is there at once or not at all.
  if (!reader) return response.text();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.byteLength;
      chunks.push(part.value);
      // Also for chunks that have no length, such as texts.
      if (!(length <= maxBytes))
        throw new SdkError('invalid-response', `The answer to ${what} is longer than the limit of ${maxBytes} bytes.`);
    }
  } catch (error) {
    reader.cancel().catch(() => undefined);
    throw error;
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return decodeUtf8(bytes, `The answer to ${what}`);
}
