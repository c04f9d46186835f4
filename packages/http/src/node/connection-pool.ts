/**
 * Kept connections to one origin, in the place of Node's own agent. That one makes a name of the options of every request and
 * moves connections between lists by it, which is a fifth of what a small exchange costs.
 *
 * The connection used last is used next, so that those nobody needs go idle and are closed by the server.
 */
import type { Agent, ClientRequest } from 'node:http';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectSecurely, type TLSSocket } from 'node:tls';

export interface ConnectionPoolOptions {
  readonly secure: boolean;
  /** Without brackets around an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** Connections at most; further requests wait for a free one. */
  readonly maxSockets: number;
  /** Lets the process end while a request is under way. */
  readonly unref: boolean;
  readonly lookup: LookupFunction | undefined;
  /** Told when the last connection has gone and nobody waits for one. */
  readonly onEmpty?: () => void;
  /** Whom to trust, where that is not for the system to say. */
  readonly tls?: ConnectionOptions;
}

export interface ConnectionPool {
  /** For the option `agent` of `http.request` and `https.request`. */
  readonly agent: Agent;
  /** Closes every connection; requests under way, and those that wait for one, fail. */
  close(): void;
}

/** After so long without a byte (ms) the system asks whether the other end is still there. */
const KEEP_ALIVE_DELAY_MS = 1_000;

/** Creates the pool; opens nothing until the first request. */
export function createConnectionPool(options: ConnectionPoolOptions): ConnectionPool {
  const { secure, maxSockets, unref } = options;
  const open = new Set<Socket>();
  /** Used last at the end. */
  const idle: Socket[] = [];
  const waiting: ClientRequest[] = [];
  /** Of the last TLS connection, which makes the next one cheaper. */
  let session: Buffer | undefined;

  function openSocket(): Socket {
    const socket = secure ? connectTls(options, session) : connectTcp(options);
    open.add(socket);
    if (secure) socket.on('session', (latest: Buffer) => (session = latest));
    if (unref) socket.unref();
    // A request hears of the errors of its connection; one that nobody uses breaks without harm.
    socket.on('error', noteError);
    // Said by Node's client when it has read the answer and both ends want to go on.
    socket.on('free', () => release(socket));
    socket.on('close', () => {
      open.delete(socket);
      const index = idle.indexOf(socket);
      if (index !== -1) idle.splice(index, 1);
      const next = nextWaiting();
      if (next) next.onSocket(openSocket());
      else if (open.size === 0) options.onEmpty?.();
    });
    return socket;
  }

  function release(socket: Socket): void {
    if (!isUsable(socket) || !open.has(socket)) {
      socket.destroy();
      return;
    }
    const next = nextWaiting();
    if (next) {
      reuse(next, socket);
      return;
    }
    socket.unref();
    idle.push(socket);
  }

  function reuse(request: ClientRequest, socket: Socket): void {
    if (!unref) socket.ref();
    request.reusedSocket = true;
    request.onSocket(socket);
  }

  function nextWaiting(): ClientRequest | undefined {
    for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
      if (!request.destroyed) return request;
    }
    return undefined;
  }

  const agent = {
    keepAlive: true,
    maxSockets,
    protocol: secure ? 'https:' : 'http:',
    defaultPort: secure ? 443 : 80,
    addRequest(request: ClientRequest): void {
      for (let socket = idle.pop(); socket !== undefined; socket = idle.pop()) {
        if (isUsable(socket)) {
          reuse(request, socket);
          return;
        }
      }
      if (open.size < maxSockets) request.onSocket(openSocket());
      else waiting.push(request);
    },
  };
  return {
    // Node's client takes whatever has these members for an agent, and its types do not say so.
    agent: agent as unknown as Agent,
    close() {
      const closing = [...open];
      open.clear();
      idle.length = 0;
      for (const socket of closing) socket.destroy();
      // One without a connection has nothing to hear its end from.
      for (const request of waiting.splice(0)) request.destroy().emit('error', new Error('The transport was closed.'));
    },
  };
}

function connectTcp({ hostname, port, lookup }: ConnectionPoolOptions): Socket {
  return connect({
    host: hostname,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
    ...(lookup && { lookup }),
  });
}

function connectTls({ hostname, port, lookup, tls }: ConnectionPoolOptions, session: Buffer | undefined): TLSSocket {
  const socket = connectSecurely({
    host: hostname,
    port,
    // Addresses are no server names.
    servername: isIP(hostname) === 0 ? hostname : '',
    ALPNProtocols: ['http/1.1'],
    ...(session && { session }),
    ...(lookup && { lookup }),
    ...tls,
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  return socket;
}

function isUsable(socket: Socket): boolean {
  return !socket.destroyed && socket.writable && !socket.readableEnded;
}

function noteError(): undefined {
  return undefined;
}
