/** Runs the shop until it is told to stop: Next's server in this process, so that the events that are left can be sent. */
import { createServer, type RequestListener as RequestHandler } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import next from 'next';
import { closeShopClient } from './shop/shop-client.ts';

const { NEXT_SHOP_PORT = '4030', LAB_PORT = '4010' } = process.env;
const LAST_ANSWERS_MS = 1_000;

try {
  const wantedPort = Number(NEXT_SHOP_PORT);
  if (!Number.isInteger(wantedPort) || wantedPort < 0 || wantedPort > 65_535)
    throw new Error(`NEXT_SHOP_PORT is "${NEXT_SHOP_PORT}"; a port number was expected.`);
  let start: (handler: RequestHandler) => void = () => undefined;
  const handler = new Promise<RequestHandler>((resolve) => {
    start = resolve;
  });
  const server = createServer((request, response) => void handler.then((handle) => handle(request, response)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = `Port ${wantedPort} is already in use; choose another with NEXT_SHOP_PORT.`;
      reject(error.code === 'EADDRINUSE' ? new Error(message, { cause: error }) : error);
    });
    server.listen(wantedPort, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  // Next has to know its port: it takes a page that the proxy chose for one of another server otherwise.
  const app = next({ dev: false, dir: fileURLToPath(new URL('..', import.meta.url)), hostname: '127.0.0.1', port });
  await app.prepare();
  start(app.getRequestHandler());
  console.log(`NextShop: http://127.0.0.1:${port} (lab: http://127.0.0.1:${LAB_PORT})`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    // The lab that started it has died.
    process.once('disconnect', () => resolve());
  });
  server.close();
  setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS).unref();
  await closeShopClient();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
