/** Bodies: JSON objects, with limits of bytes and time. */
import type { RequestHeaders } from '../exchange.ts';
import { RequestError } from '../request-error.ts';

/** A JSON body. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Limits of a body. */
export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** 0: the HTTP server limits it. */
  readonly bodyTimeoutMs: number;
}

/** How deep a body may be nested; the protocols need about five levels. A level takes two characters, its brackets. */
const MAX_DEPTH = 500;
const UTF8 = { fatal: true };
/** Shared by all complete bodies; creating a decoder costs as much as a decision. */
const wholeDecoder = /* @__PURE__ */ new TextDecoder('utf-8', UTF8);

/**
 * Reads the body as a JSON object; an absent body is an empty object.
 *
 * @throws RequestError 415 for another content type, 413 beyond the bytes, 408 beyond the time, 400 for anything but an object
 */
export async function readJsonObject(request: Request, limits: BodyLimits): Promise<JsonObject> {
  return parseJsonObject(await readText(request, limits), request.headers);
}

/** Reads a complete body that is within the limits. @throws RequestError 415, 400 */
export function jsonObjectOf(bytes: Uint8Array, headers: RequestHeaders): JsonObject {
  return parseJsonObject(decode(wholeDecoder, bytes), headers);
}

function parseJsonObject(text: string, headers: RequestHeaders): JsonObject {
  if (text === '') return {};
  const type = headers.get('content-type') ?? '';
  if (type !== 'application/json' && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
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
  if (text.length > 2 * MAX_DEPTH && isDeeperThan(MAX_DEPTH, body)) {
    throw new RequestError(400, `The body is nested deeper than ${MAX_DEPTH} levels.`);
  }
  return body as JsonObject;
}

/** Iterative, because a deep body would overflow the stack of a recursive function. */
function isDeeperThan(depth: number, body: object): boolean {
  let level: object[] = [body];
  for (let below = 0; below < depth && level.length > 0; below += 1) {
    level = level.flatMap((entry) =>
      Object.values(entry).filter((value) => typeof value === 'object' && value !== null),
    );
  }
  return level.length > 0;
}

async function readText(request: Request, { maxBodyBytes, bodyTimeoutMs }: BodyLimits): Promise<string> {
  const announced = request.headers.get('content-length');
  if (announced === '0') return '';
  if (Number(announced) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  // A body of known length is read at once: on Node, streaming it costs several times as much as a decision.
  if (announced !== null) {
    const bytes = await withinTime(request.arrayBuffer().catch(breakOff), bodyTimeoutMs);
    if (bytes.byteLength > maxBodyBytes) throw tooLarge(maxBodyBytes);
    return decode(wholeDecoder, bytes);
  }
  const { body } = request;
  if (body === null) return '';
  const reader = body.getReader();
  try {
    return await withinTime(readAll(reader, maxBodyBytes), bodyTimeoutMs);
  } catch (error) {
    reader.cancel().catch(() => undefined);
    throw error;
  }
}
async function withinTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  if (timeoutMs === 0) return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new RequestError(408, `The body did not arrive within ${timeoutMs} ms.`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, maxBodyBytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', UTF8);
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(breakOff);
    if (done) return text + decode(decoder);
    bytes += value.byteLength;
    if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
    text += decode(decoder, value, { stream: true });
  }
}

/** Strict: two user ids in another encoding could both become U+FFFD and be the same user. */
function decode(decoder: TextDecoder, bytes?: ArrayBuffer | Uint8Array, options?: TextDecodeOptions): string {
  try {
    return decoder.decode(bytes, options);
  } catch {
    throw new RequestError(400, 'The body is not valid UTF-8.');
  }
}

function breakOff(): never {
  throw new RequestError(400, 'The body broke off before its end.');
}

function tooLarge(maxBodyBytes: number): RequestError {
  return new RequestError(413, `The body is larger than ${maxBodyBytes} bytes.`);
}
