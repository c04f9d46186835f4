/** Connections of the Node transport: the allowed addresses, and whether they keep the process alive. */
import type { LookupFunction, Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { UndiciModule } from './load-undici.ts';
import type { DnsLookup } from './public-address.ts';

/** Errors of connections that had been used before. */
const reused = new WeakSet<Error>();

/**
 * Returns whether a request failed because its kept connection broke: the server had closed it and may not have seen
 * the request.
 */
export function wasReused(error: Error): boolean {
  const { socket } = error as Error & { readonly socket?: { readonly bytesRead?: number } | null };
  return reused.has(error) || (socket?.bytesRead ?? 0) > 0;
}

/** @param unref Lets the process end while a connection is in use. */
export function createConnector(
  { buildConnector }: UndiciModule,
  lookup: DnsLookup | undefined,
  unref: boolean,
): buildConnector.connector {
  const connect = buildConnector({ timeout: 0, ...(lookup && { lookup: lookup as LookupFunction }) });
  return (options, callback) => {
    // `connect` returns the socket, although its type does not say so. The socket must not keep the process alive while
    // it connects.
    const connecting = connect(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      socket.on('error', (failure) => socket.bytesRead > 0 && reused.add(failure));
      endWithRequest(socket);
      callback(null, socket);
    }) as unknown as Socket | undefined;
    if (!unref || !connecting) return;
    connecting.unref();
    // undici would keep the process alive for each request.
    connecting.ref = () => connecting;
  };
}

/**
 * When a request is aborted, the client destroys its connection "for information", keeps the request in its queue and
 * connects again before it finds that there is nothing to send. With the code of a broken connection it forgets that
 * request, and no other.
 */
function endWithRequest(socket: Socket): void {
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    const isAbort =
      (error as NodeJS.ErrnoException | undefined)?.code === 'UND_ERR_INFO' && error?.message === 'aborted';
    return destroy(isAbort ? Object.assign(new Error('The request was aborted.'), { code: 'UND_ERR_SOCKET' }) : error);
  };
}
