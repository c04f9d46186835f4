/** One end of a raw connection, with what it received and how it ended. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Connection {
  readonly socket: Socket;
  /** Everything received so far. */
  received(): string;
  /** Resolves `fin` or the code of the error that ended the connection. */
  readonly ended: Promise<string>;
  /** Milliseconds from the start to the end of the connection. */
  readonly endedAfterMs: () => number;
}

function track(socket: Socket): Connection {
  let received = '';
  let failure: string | undefined;
  const start = performance.now();
  let endedAfter = Number.NaN;
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.code ?? 'error';
    });
    const finish = () => {
      if (Number.isNaN(endedAfter)) endedAfter = performance.now() - start;
      resolve(failure ?? 'fin');
    };
    socket.on('end', finish);
    socket.on('close', finish);
  });
  onTestFinished(() => void socket.destroy());
  return { socket, received: () => received, ended, endedAfterMs: () => endedAfter };
}

export function open(port: number): Connection {
  return track(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
}

/** A server that sends back what it gets and ends when the other side does. */
export async function startEcho(): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
