/** A TCP proxy on a loopback port whose faults are switched while it runs. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { resetSocket } from './reset-socket.ts';
import { pipeThroughToxics } from './toxic-pipe.ts';
import type { Toxics } from './toxics.ts';

export interface ChaosProxy {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Connections accepted since the start. */
  readonly accepted: number;
  /** Connections open now, on the client's side. */
  readonly open: number;
  /** Replaces the toxics, also of connections already open. `downstream` is what the client receives. */
  set(toxics: { readonly upstream?: Toxics; readonly downstream?: Toxics }): void;
  /** Stops listening and resets what is open: connections are refused until `up()`. */
  down(): Promise<void>;
  /** Listens again on the same port. */
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy in front of a loopback port; without toxics it only passes bytes on. */
export async function startChaosProxy(target: { readonly port: number; readonly host?: string }): Promise<ChaosProxy> {
  const { port: targetPort, host = '127.0.0.1' } = target;
  const sockets = new Set<Socket>();
  let toxics: { readonly upstream?: Toxics; readonly downstream?: Toxics } = {};
  let accepted = 0;
  let open = 0;
  let server: Server | undefined;

  const accept = (client: Socket) => {
    accepted += 1;
    open += 1;
    const upstream = connect({ port: targetPort, host, allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('close', () => {
      open -= 1;
      upstream.destroy();
    });
    pipeThroughToxics(client, upstream, () => toxics.upstream ?? {});
    pipeThroughToxics(upstream, client, () => toxics.downstream ?? {});
  };

  const listen = async (port: number) => {
    const starting = createServer({ allowHalfOpen: true }, accept);
    await new Promise<void>((resolve, reject) => {
      starting.once('error', reject);
      starting.listen(port, '127.0.0.1', resolve);
    });
    server = starting;
    return (starting.address() as AddressInfo).port;
  };
  const stop = async () => {
    const stopping = server;
    server = undefined;
    if (stopping === undefined) return;
    const stopped = new Promise<void>((resolve) => stopping.close(() => resolve()));
    for (const socket of sockets) resetSocket(socket);
    await stopped;
  };

  const port = await listen(0);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    get accepted() {
      return accepted;
    },
    get open() {
      return open;
    },
    set(next) {
      toxics = next;
    },
    down: stop,
    async up() {
      if (server === undefined) await listen(port);
    },
    close: stop,
  };
}
