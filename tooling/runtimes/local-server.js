/** A server of another program on a port of this machine. */
import { once } from 'node:events';
import { createServer } from 'node:net';

const START_TIMEOUT_MS = 30_000;

/** @returns {Promise<number>} a port that was free a moment ago */
export async function findPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Waits until the program answers.
 *
 * @param {number} port
 * @param {import('node:child_process').ChildProcess} program
 * @param {() => string} readLog what the program printed
 */
export async function waitForServer(port, program, readLog) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (program.exitCode === null && Date.now() < deadline) {
    try {
      await (await fetch(`http://127.0.0.1:${port}/none`)).text();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`the server does not start:\n${readLog().slice(-3_000)}`);
}
