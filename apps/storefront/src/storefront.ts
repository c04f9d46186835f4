/** The shop behind a port of this machine. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { DeliveryReport } from 'sortition';
import { readAssets } from './assets.ts';
import { createShopApp } from './shop-app.tsx';
import { createShopServices, type ShopServices, type ShopServicesOptions } from './shop-services.ts';

/** Settings of a storefront. */
export interface StorefrontOptions extends ShopServicesOptions {
  /** 0, when absent, picks a free port. */
  readonly port?: number;
}

/** A storefront that accepts visitors. */
export interface Storefront {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Where assignments are kept. */
  readonly profiles: ShopServices['profiles'];
  /** Frees the port, sends the events that are left and resolves what became of them. Idempotent, never rejects. */
  close(): Promise<DeliveryReport>;
}

/** A shop whose lab is up opens with a datafile; one whose lab is down opens all the same, after this many ms. */
const HEAD_START_MS = 1_000;
/** What an answer under way may still take when the shop closes, ms. */
const LAST_ANSWERS_MS = 1_000;

/**
 * Starts a storefront. It does not wait for the lab for more than a second: as long as there is no datafile it serves its
 * defaults.
 *
 * Rejects when the port is taken, or when the shop was not built.
 *
 * @example
 * const storefront = await createStorefront({ labUrl: 'http://127.0.0.1:4010', port: 4020 });
 * await storefront.close();
 */
export async function createStorefront(options: StorefrontOptions): Promise<Storefront> {
  const assets = readAssets();
  const services = createShopServices(options);
  const server = createAdaptorServer({ fetch: createShopApp(services, assets).fetch }) as Server;
  await services.client.ready({ timeoutMs: HEAD_START_MS }).catch(() => undefined);
  try {
    await listen(server, options.port ?? 0);
  } catch (error) {
    await services.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  let closing: Promise<DeliveryReport> | undefined;
  const close = async (): Promise<DeliveryReport> => {
    await closeServer(server);
    return services.close();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    profiles: services.profiles,
    close: () => (closing ??= close()),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`Port ${port} is already in use; stop what uses it or choose another.`) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
