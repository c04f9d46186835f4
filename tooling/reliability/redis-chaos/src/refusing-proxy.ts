/**
 * A proxy before a real server that refuses scripts in words of its own, as the proxies of hosting companies do. It answers
 * in order: a refused command is replaced by a script that fails with the wanted words.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface RefusingProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** @param refuse The error reply to a command, without the leading `-`; `null` lets the command through. */
export async function startRefusingProxy(
  serverPort: number,
  refuse: (name: string) => string | null,
): Promise<RefusingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => void [client, upstream].map((either) => either.destroy()));
    }
    let pending = Buffer.alloc(0);
    client.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let read = readCommand(pending); read !== null; read = readCommand(pending)) {
        const whole = pending.subarray(0, read.end);
        pending = pending.subarray(read.end);
        const error = refuse(read.name);
        upstream.write(error === null ? whole : failing(error));
      }
    });
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function failing(error: string): string {
  const args = ['EVAL', 'return redis.error_reply(ARGV[1])', '0', error];
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;
}

/** The name of the first whole command, and where it ends; `null` when it has not arrived yet. */
function readCommand(bytes: Buffer): { readonly name: string; readonly end: number } | null {
  let at = bytes.indexOf('\r\n');
  if (at === -1) return null;
  const count = Number(bytes.toString('latin1', 1, at));
  let name = '';
  at += 2;
  for (let index = 0; index < count; index += 1) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const length = Number(bytes.toString('latin1', at + 1, lineEnd));
    const end = lineEnd + 2 + length + 2;
    if (bytes.length < end) return null;
    if (index === 0) name = bytes.toString('latin1', lineEnd + 2, end - 2).toUpperCase();
    at = end;
  }
  return { name, end: at };
}
