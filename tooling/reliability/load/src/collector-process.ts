/**
 * The other end of a load on real sockets, in a process of its own so that its work does not count as the application's. Gets the
 * scenario as its argument, tells its port, and answers each message with what arrived.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { createCollector } from './collector.ts';
import type { Scenario } from './scenario.ts';

/** What the process answers. */
export type CollectorMessage =
  | { readonly port: number }
  | { readonly requests: number; readonly arrived: number; readonly twice: number; readonly seen: readonly number[] };

const scenario: Scenario = JSON.parse(process.argv[2] ?? '{}');
const collector = createCollector(scenario.trouble);
const startedAt = performance.now();

const server = createServer(async (request, response) => {
  const body = await read(request).catch(() => null);
  if (body === null) return;
  const verdict = collector.receive(body, (performance.now() - startedAt) / 1_000);
  await pause(scenario.roundTripMs);
  if (verdict === 'reset' || verdict === 'lost') request.socket.resetAndDestroy();
  else if (verdict === 'page') response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
  else response.writeHead(verdict).end();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') send({ port: address.port });
});
process.on('message', () => send({ ...collector.counts, seen: [...collector.seen] }));
process.on('disconnect', () => process.exit());

async function read(request: IncomingMessage): Promise<string> {
  const { bytesPerSecond } = scenario.trouble ?? {};
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
    // Meanwhile the sender's buffers fill up.
    if (bytesPerSecond !== undefined) await pause((chunk.length / bytesPerSecond) * 1_000);
  }
  return Buffer.concat(chunks).toString();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function send(message: CollectorMessage): void {
  process.send?.(message);
}
