/** An implementation behind HTTP, as the runner asks for it. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RowsRequest } from '../protocol.ts';
import type { Implementation } from '../run-conformance.ts';

/** A running adapter. */
export interface AdapterServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What is served beside the two routes of the protocol. */
export interface ServeOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Default: this machine alone. */
  readonly host?: string;
  /** `GET /datafiles/<SDK key>.json`, for servers that fetch them. */
  readonly datafile?: (sdkKey: string) => string | undefined;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Serves the implementation. Rejects when the port is taken. */
export async function serveAdapter(
  implementation: Implementation,
  { port, host = '127.0.0.1', datafile }: ServeOptions,
): Promise<AdapterServer> {
  const server = createServer(async (request, response) => {
    try {
      const { status, body } = await answer(request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }));
    }
  });

  async function answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const { pathname } = new URL(request.url ?? '/', 'http://adapter');
    if (request.method === 'GET' && pathname === '/') return ok(JSON.stringify(await implementation.info()));
    if (request.method === 'POST' && pathname === '/rows') {
      const rows = JSON.parse(await readBody(request)) as RowsRequest;
      return ok(JSON.stringify(await implementation.run(rows)));
    }
    const sdkKey = /^\/datafiles\/([^/]+)\.json$/.exec(pathname)?.[1];
    const text = sdkKey === undefined ? undefined : datafile?.(sdkKey);
    if (text !== undefined) return ok(text);
    return { status: 404, body: JSON.stringify({ error: 'not found; expected GET / or POST /rows' }) };
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function ok(body: string): { status: number; body: string } {
  return { status: 200, body };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error(`The body is larger than ${MAX_BODY_BYTES} bytes; expected less.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
