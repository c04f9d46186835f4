/**
 * A slow network: everything between a browser and a server arrives late, and a little at a time. Beside the browser and not in it,
 * because the browser's own emulation can leave requests hanging when many visitors come and go.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** Of each direction, ms. */
const LATENCY_MS = 100;
/** Of each connection; browsers open six to a server. */
const BYTES_PER_SECOND = 20_000;
const CHUNK_BYTES = 2_000;

/**
 * Puts a slow network in front of a server.
 *
 * @param {string} url of the server
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startSlowNetwork(url) {
  const { port, hostname } = new URL(url);
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    // Each end is passed on as late as the rest: a server that closes has often sent what is still on its way.
    near.pipe(createDelay()).pipe(far);
    far.pipe(createDelay()).pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.once('error', () => (socket === near ? far : near).destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

function createDelay() {
  let isIdle = true;
  return new Transform({
    async transform(/** @type {Buffer} */ bytes, _encoding, done) {
      if (isIdle) await wait(LATENCY_MS);
      isIdle = false;
      for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
        const chunk = bytes.subarray(start, start + CHUNK_BYTES);
        await wait((chunk.length / BYTES_PER_SECOND) * 1_000);
        this.push(chunk);
      }
      // What comes next is another request or answer, if it does not wait already.
      isIdle = this.writableLength <= bytes.length;
      done();
    },
  });
}
