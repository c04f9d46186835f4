/** Reads HTTP/1.1 requests from raw bytes, as far as test clients send them: `Content-Length` bodies, no chunks. */

export interface ReceivedRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  /** Names in lower case; the last of equal names wins. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** `performance.now()` when the request was complete. */
  readonly at: number;
}

/** Takes the first complete request off `bytes`; `null` when there is none yet. */
export function takeRequest(bytes: Buffer): { readonly request: ReceivedRequest; readonly rest: Buffer } | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [requestLine = '', ...headerLines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const [method = '', path = ''] = requestLine.split(' ');
  const headers = Object.fromEntries(
    headerLines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const bodyStart = headEnd + 4;
  const bodyEnd = bodyStart + Number(headers['content-length'] ?? 0);
  if (bytes.byteLength < bodyEnd) return null;
  const body = bytes.subarray(bodyStart, bodyEnd).toString('utf8');
  return { request: { method, path, headers, body, at: performance.now() }, rest: bytes.subarray(bodyEnd) };
}
