/**
 * The response of the Node transport: the part of `Response` that Sortition and GraphQL clients use. Creating a real
 * `Response` costs more than the whole exchange over a kept connection.
 */
import type { NodeBody } from './node-body.ts';

/** Names and values in turn, as received. */
export type RawHeaders = readonly Buffer[];

/** Returns the values of a header, joined as `Headers` joins them; `null` when it is absent. */
export function readHeader(raw: RawHeaders, name: string): string | null {
  const wanted = name.toLowerCase();
  let found: string | null = null;
  for (let index = 0; index < raw.length; index += 2) {
    const key = raw[index] as Buffer;
    if (key.length !== wanted.length || key.toString('latin1').toLowerCase() !== wanted) continue;
    const value = (raw[index + 1] as Buffer).toString('latin1');
    found = found === null ? value : `${found}, ${value}`;
  }
  return found;
}

/** The response without its body. */
export interface NodeAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: RawHeaders;
  readonly url: string;
}

/** @param cancel Ends the exchange and closes its connection. */
export function createNodeResponse(answer: NodeAnswer, body: NodeBody, cancel: () => void): Response {
  const { status, statusText, headers, url } = answer;
  const reader = { read: body.read, cancel: async () => cancel() };
  const bytes = async () => {
    const chunks: Uint8Array[] = [];
    for (let part = await reader.read(); !part.done; part = await reader.read()) chunks.push(part.value);
    return Buffer.concat(chunks);
  };
  const text = async () => (await bytes()).toString('utf8');
  const response = {
    status,
    statusText,
    ok: status >= 200 && status < 300,
    type: 'basic',
    url,
    redirected: false,
    headers: {
      has: (name: string) => readHeader(headers, name) !== null,
      get: (name: string) => readHeader(headers, name),
    },
    body: { cancel: reader.cancel, getReader: () => reader },
    text,
    json: async () => JSON.parse(await text()),
    arrayBuffer: async () => Uint8Array.from(await bytes()).buffer,
  };
  // It has only these members of a Response; its users need no others.
  return response as unknown as Response;
}
