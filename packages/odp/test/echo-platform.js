/**
 * A platform in a thread of its own that answers what it was asked: the user id and the query text, as two segments, read
 * from the body that arrived over a real connection.
 */
import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { query, variables, ...others } = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)),
    );
    const names = [variables.userId, query, Object.keys({ ...variables, ...others }).join()];
    const edges = names.map((name) => ({ node: { name: `=${name}`, state: 'qualified' } }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { customer: { audiences: { edges } } } }));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') parentPort?.postMessage(address.port);
});
