/** Serves one datafile in a process of its own, so that serving it does not count as the client's work. */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { buildLargeDatafile } from './large-datafile.js';

/**
 * @param {number} flagCount
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export async function startDatafileServer(flagCount) {
  const child = fork(fileURLToPath(import.meta.url), [String(flagCount)]);
  const port = await new Promise((resolve) => child.once('message', resolve));
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const body = Buffer.from(JSON.stringify(buildLargeDatafile(Number(process.argv[2]))));
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': body.byteLength, etag: '"1"' }).end(body);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' ? address?.port : undefined);
  });
}
