/**
 * A server that answers from a script: any status, header and byte, late, in pieces, cut off or never. It speaks raw
 * sockets, so that it can also send what an HTTP library refuses to.
 */
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type ReceivedRequest, takeRequest } from './http-parse.ts';
import { resetSocket } from './reset-socket.ts';

/** One answer. */
export interface Answer {
  /** 200 unless given. */
  readonly status?: number;
  /** A list when a name comes twice. `content-length` is added unless given or `framing` says otherwise. */
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  /** `length` unless given; `close` announces no length and ends the body with the connection. */
  readonly framing?: 'length' | 'chunked' | 'close';
  /** Sent as it is, instead of all of the above. */
  readonly raw?: string | Uint8Array;
  /** Before the first byte. */
  readonly delayMs?: number;
  /** Sends the body in pieces of this many bytes, `everyMs` apart. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number };
  /** Cuts off after this many bytes of the body. */
  readonly cutAt?: number;
  /**
   * What follows the answer: `keep` the connection (unless given), `fin`, `rst`, `half-close` (ours is ended, theirs stays), or
   * `hang` (the connection stays and nothing more comes).
   */
  readonly after?: 'keep' | 'fin' | 'rst' | 'half-close' | 'hang';
}

/** An answer, one made for the request, `never` (no byte comes) or `reset` (the connection is reset). */
export type Responder = Answer | 'never' | 'reset' | ((request: ReceivedRequest) => Answer | 'never' | 'reset');

export interface ScriptServerOptions {
  /** Serves TLS with this certificate. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface ScriptServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`, or `https://localhost:<port>` */
  readonly url: string;
  /** In the order they came. */
  readonly requests: readonly ReceivedRequest[];
  /** Connections open now. */
  readonly open: number;
  /** Replaces what is left of the script. The last responder answers every further request. */
  script(...responders: readonly Responder[]): void;
  /** Resolves when so many requests have come. */
  received(count: number): Promise<void>;
  /** Resets what is open. */
  close(): Promise<void>;
}

/** Starts a server; each request takes the next responder, and the last one stays. */
export async function startScriptServer(
  responders: readonly Responder[],
  { tls }: ScriptServerOptions = {},
): Promise<ScriptServer> {
  let script = [...responders];
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();

  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // A client that ended its side has given up on its requests.
    socket.on('end', () => socket.destroy());
    let bytes: Buffer = Buffer.alloc(0);
    let tail: Promise<void> = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let taken = takeRequest(bytes); taken !== null; taken = takeRequest(bytes)) {
        bytes = taken.rest;
        const { request } = taken;
        requests.push(request);
        for (const check of waiting) check();
        const responder = (script.length > 1 ? script.shift() : script[0]) ?? 'never';
        const answer = typeof responder === 'function' ? responder(request) : responder;
        tail = tail.then(() => respond(socket, answer));
      }
    });
  };

  const options = { allowHalfOpen: true };
  const server = tls ? createTlsServer({ ...tls, ...options }, accept) : createTcpServer(options, accept);
  if (tls) server.on('connection', (socket: Socket) => trackRaw(socket));
  // A client that refuses the certificate is what some tests are about.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  function trackRaw(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  }

  return {
    port,
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    requests,
    get open() {
      return sockets.size;
    },
    script(...next) {
      script = [...next];
    },
    received: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (requests.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function respond(socket: Socket, answer: Answer | 'never' | 'reset'): Promise<void> {
  if (answer === 'never') return;
  if (answer === 'reset') {
    resetSocket(socket);
    return;
  }
  if (answer.delayMs) await pause(answer.delayMs);
  if (answer.raw !== undefined) await write(socket, Buffer.from(answer.raw as string));
  else await sendAnswer(socket, answer);
  const { after = answer.framing === 'close' ? 'fin' : 'keep' } = answer;
  if (after === 'rst') resetSocket(socket);
  else if (after === 'fin') socket.end(() => socket.destroySoon());
  else if (after === 'half-close') socket.end();
}

async function sendAnswer(socket: Socket, answer: Answer): Promise<void> {
  const { status = 200, framing = 'length', drip, cutAt } = answer;
  const body = Buffer.from((answer.body ?? '') as string);
  const given = answer.headers ?? {};
  const headers = [...(Array.isArray(given) ? given : Object.entries(given))] as (readonly [string, string])[];
  const hasLength = headers.some(([name]) => name.toLowerCase() === 'content-length');
  if (framing === 'chunked') headers.push(['transfer-encoding', 'chunked']);
  else if (framing === 'length' && !hasLength && status !== 304)
    headers.push(['content-length', String(body.byteLength)]);
  const head = `HTTP/1.1 ${status} Scripted\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  await write(socket, Buffer.from(head, 'latin1'));

  const wire = framing === 'chunked' ? chunk(body) : body;
  const end = Math.min(cutAt ?? wire.byteLength, wire.byteLength);
  const step = drip?.bytes ?? Math.max(end, 1);
  for (let start = 0; start < end; start += step) {
    if (start > 0 && drip) await pause(drip.everyMs);
    if (socket.destroyed) return;
    await write(socket, wire.subarray(start, Math.min(start + step, end)));
  }
}

/** Two chunks and the last one, so that a cut can fall inside and between. */
function chunk(body: Buffer): Buffer {
  const half = Math.ceil(body.byteLength / 2);
  const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.byteLength > 0);
  const framed = parts.flatMap((part) => [
    Buffer.from(`${part.byteLength.toString(16)}\r\n`),
    part,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...framed, Buffer.from('0\r\n\r\n')]);
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (!socket.writable) resolve();
    else socket.write(bytes, () => resolve());
  });
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
