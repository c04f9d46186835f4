/**
 * Run as a child: what the decision server is compared with. A hono route over the same adapter that parses the same body and
 * answers the same bytes, and nothing else. Arguments: path, the bytes.
 */
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';

const [path = '/', bytes = ''] = process.argv.slice(2);
const app = new Hono();
app.post(path, async (context) => {
  await context.req.json();
  return context.body(bytes, 200, { 'content-type': 'application/json' });
});
const server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
