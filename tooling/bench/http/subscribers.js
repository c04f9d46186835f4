/** Resident memory of subscribers: how much a server grows with a thousand open streams. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { startChild } from './children.js';

const COUNT = 1_000;
const SETTLE_MS = 3_000;

/**
 * @param {readonly string[]} argv Of the server.
 * @param {Record<string, string>} headers
 * @returns {Promise<{ name: string, kilobytes: number }[]>}
 */
export async function measureSubscribers(argv, headers) {
  const results = [];
  for (const [name, path] of [
    ['of notifications', '/v1/notifications/event-stream'],
    ['of changes, over OFREP', '/ofrep/v1/events?project=bench'],
  ]) {
    const server = await startChild(argv);
    const decide = (/** @type {number} */ index) =>
      fetch(`${server.url}/v1/decide?keys=checkout`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ userId: `u${index}` }),
      }).then((answer) => answer.text());
    // Code and pools that the first subscribers and decisions bring are not the price of one more.
    for (let index = 0; index < 2_000; index += 1) await decide(index);
    const warm = await open(server.url, path ?? '', headers, 50);
    await pause(SETTLE_MS);
    const before = residentKilobytes(server.pid);
    const sockets = await open(server.url, path ?? '', headers, COUNT);
    await pause(SETTLE_MS);
    results.push({ name: `${name}, waiting`, kilobytes: (residentKilobytes(server.pid) - before) / COUNT });
    if (path === '/v1/notifications/event-stream') {
      const told = sockets.map(({ received }) => received());
      for (let index = 0; index < 20; index += 1) await decide(index);
      await pause(SETTLE_MS);
      if (sockets.some(({ received }, index) => received() <= (told[index] ?? 0)))
        throw new Error('a subscriber was told nothing');
      results.push({ name: `${name}, after 20 each`, kilobytes: (residentKilobytes(server.pid) - before) / COUNT });
    }
    for (const { close } of [...warm, ...sockets]) close();
    await server.stop();
  }
  return results;
}

/**
 * @param {string} url
 * @param {string} path
 * @param {Record<string, string>} headers
 * @param {number} count
 */
async function open(url, path, headers, count) {
  const { hostname, port } = new URL(url);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const sockets = [];
  for (let index = 0; index < count; index += 1) {
    sockets.push(
      await new Promise((/** @type {(socket: { received(): number, close(): void }) => void} */ resolve, reject) => {
        let bytes = 0;
        const socket = connect(Number(port), hostname, () => {
          socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n${lines.join('')}\r\n`);
        });
        socket.once('error', reject);
        socket.on('data', (data) => {
          if (bytes === 0 && !data.toString('latin1').startsWith('HTTP/1.1 200')) reject(new Error(data.toString()));
          bytes += data.byteLength;
          resolve({ received: () => bytes, close: () => socket.destroy() });
        });
      }),
    );
  }
  return sockets;
}

/** @param {number} pid */
function residentKilobytes(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
