/** The least of a Redis client that starting a server needs: one command, one raw reply. */
import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;

/** Resolves the reply as it came, type byte and line ends included; rejects on a closed connection or after 2 s. */
export function sendToRedis(port: number, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let reply = '';
    socket.setEncoding('utf8');
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`No answer to ${args[0]} from port ${port}.`)));
    socket.on('connect', () => socket.write(encode(args)));
    socket.on('data', (chunk: string) => {
      reply += chunk;
      if (isWhole(reply)) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => (isWhole(reply) ? resolve(reply) : reject(new Error(`Port ${port} hung up.`))));
  });
}

function encode(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;
}

/** Lines and bulk strings end where they say; of anything longer the first part is enough. */
function isWhole(reply: string): boolean {
  const line = reply.indexOf('\r\n');
  if (line === -1) return false;
  if (reply[0] !== '$') return true;
  return Buffer.byteLength(reply.slice(line + 2)) >= Number(reply.slice(1, line));
}
