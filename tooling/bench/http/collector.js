/** A collector of events that answers and keeps nothing, as a process of its own. */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startChild } from './children.js';

const PATH = fileURLToPath(import.meta.url);

export function startCollector() {
  return startChild([PATH, 'serve']);
}

if (process.argv[1] === PATH && process.argv[2] === 'serve') {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    console.log(`Listening on http://127.0.0.1:${port}`);
  });
}
