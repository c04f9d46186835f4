/** Bodies: JSON objects, within bounds of bytes and time. */
import { RequestError } from '../request-error.ts';

/** What a JSON body is once it was read. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Bounds of a body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/**
 * Reads the body as a JSON object; an absent body is an empty object.
 *
 * @throws RequestError 415 for another content type, 413 beyond the bytes, 408 beyond the time, 400 for anything but an object
 */
export async function readJsonObject(request: Request, limits: BodyLimits): Promise<JsonObject> {
  const text = await readText(request, limits);
  if (text === '') return {};
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new RequestError(415, 'The content type is not JSON; expected application/json.');
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new RequestError(400, 'The body is not valid JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new RequestError(400, 'The body is not a JSON object.');
  }
  return body as JsonObject;
}

async function readText(request: Request, { maxBodyBytes, bodyTimeoutMs }: BodyLimits): Promise<string> {
  const { body } = request;
  if (body === null) return '';
  const announced = Number(request.headers.get('content-length'));
  if (announced > maxBodyBytes) throw tooLarge(maxBodyBytes);
  const reader = body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new RequestError(408, `The body did not arrive within ${bodyTimeoutMs} ms.`)),
      bodyTimeoutMs,
    );
  });
  try {
    return await Promise.race([readAll(reader, maxBodyBytes), timeout]);
  } catch (error) {
    reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, maxBodyBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    throw error instanceof TypeError ? new RequestError(400, 'The body is not valid UTF-8.') : error;
  }
}

function tooLarge(maxBodyBytes: number): RequestError {
  return new RequestError(413, `The body is larger than ${maxBodyBytes} bytes.`);
}
