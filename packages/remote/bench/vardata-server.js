/** The service of the benchmark, in a process of its own so that its work is not counted: always the same 10 variants. */
import { createServer } from 'node:http';

const variants = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [
    `flag-${index}`,
    {
      key: 'on',
      value: 'on',
      payload: { limit: index },
      metadata: { experimentKey: `exp-${index}`, flagVersion: 3, segmentName: 'All Other Users', deployed: true },
    },
  ]),
);
const body = Buffer.from(JSON.stringify(variants));

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.byteLength });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit());
