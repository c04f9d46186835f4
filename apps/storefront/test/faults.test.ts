/** Whatever the lab does, the shop answers: soon, and with its defaults where it has nothing better. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLabServer, ENDPOINTS, type Fault } from '@sortition/emulator';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { canStartRedis, startRedisServer } from '@sortition/rig';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStorefront } from '../src/index.ts';
import { startShop, waitUntilReady } from './running-shop.ts';
import { servedOn, visitShop } from './shop-visitor.ts';

const running = startShop();

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'hang' },
  { kind: 'truncate' },
  { kind: 'reset' },
  { kind: 'drip', intervalMs: 1_000 },
  { kind: 'commit-then-reset' },
];

/** Far more than a page takes, far less than a hanging one would. */
const SOON_MS = 5_000;

async function shopFor(id: string, url: string): Promise<void> {
  const visitor = visitShop(url, id);
  const startedAt = Date.now();
  const pages = [
    await visitor.get('/'),
    await visitor.post('/cart/items', { product: 'mug' }),
    await visitor.post('/purchases', {}),
  ];
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(Date.now() - startedAt).toBeLessThan(pages.length * SOON_MS);
}

describe('a shop whose services fail after it has started', () => {
  it.each(ENDPOINTS.flatMap((endpoint) => FAULTS.map((fault) => [endpoint, fault.kind, fault] as const)))(
    'sells all the same: %s, %s',
    async (endpoint, kind, fault) => {
      running.lab.faults.set(endpoint, fault);
      await shopFor(`visitor-of-${endpoint}-${kind}`, running.shop.url);
      running.lab.faults.clear();
    },
  );

  it('delivers what could not be sent while the collector failed', async () => {
    running.lab.faults.set('events', { kind: 'status', status: 503 });
    await shopFor('katherine', running.shop.url);
    running.lab.faults.clear();
    const { dropped, pending, delivered } = await running.shop.close();
    expect({ dropped, pending }).toEqual({ dropped: 0, pending: 0 });
    expect(running.store.events.size).toBe(delivered);
  });
});

describe('a shop that starts', () => {
  it.each(FAULTS.map((fault) => [fault.kind, fault] as const))(
    'without a datafile serves its defaults: %s',
    async (_kind, fault) => {
      running.lab.faults.set('datafiles', fault);
      const shop = await createStorefront({ labUrl: running.lab.url, logger: false });
      onTestFinished(async () => void (await shop.close()));
      const visitor = visitShop(shop.url, 'katherine');
      const cart = await visitor.post('/cart/items', { product: 'mug' });
      expect(cart.html).toContain('There is no datafile yet, so the shop shows its defaults.');
      expect(cart.html).toContain('Place order');
      expect(servedOn(cart).checkout).toBe('off');
      expect(await (await fetch(`${shop.url}/split`)).json()).toMatchObject({
        revision: null,
        variations: [],
        outside: 1000,
      });
      running.lab.faults.clear();
      await waitUntilReady(shop);
      expect(servedOn(await visitor.get('/cart')).checkout).not.toBe('off');
    },
  );

  it('before the lab finds it when it comes', async () => {
    const port = await findFreePort();
    const shop = await createStorefront({ labUrl: `http://127.0.0.1:${port}`, logger: false });
    onTestFinished(async () => void (await shop.close()));
    await shopFor('katherine', shop.url);
    const lab = await createLabServer({ port });
    onTestFinished(() => lab.close());
    lab.datafiles.publish('lab', createShopDatafile(lab.url));
    await waitUntilReady(shop);
  });

  it('on a taken port says so', async () => {
    const { port } = running.shop;
    await expect(createStorefront({ labUrl: running.lab.url, port, logger: false })).rejects.toThrow(
      `Port ${port} is already in use`,
    );
  });
});

describe.runIf(canStartRedis())('a shop with Redis', () => {
  it('keeps assignments there, for another shop to find, and sells without it', async () => {
    const redis = await startRedisServer();
    onTestFinished(() => redis.close());
    const openShop = async () => {
      const shop = await createStorefront({ labUrl: running.lab.url, redisUrl: redis.url, logger: false });
      onTestFinished(async () => void (await shop.close()));
      await waitUntilReady(shop);
      return shop;
    };
    const [one, other] = [await openShop(), await openShop()];
    expect(one.profiles).toBe('redis');
    const visitor = visitShop(one.url, 'katherine');
    const first = await visitor.post('/cart/items', { product: 'mug' });
    await one.close();
    const elsewhere = visitShop(other.url, 'katherine');
    const second = await elsewhere.post('/cart/items', { product: 'mug' });
    expect(servedOn(second).checkout).toBe(servedOn(first).checkout);
    expect(second.html).toContain('You were given this by the experiment checkout_redesign and keep it.');
    await redis.close();
    await shopFor('hugo', other.url);
  });
});

/** A port nobody listens on, for now. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
