import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { createClient, createStaticConfig } from 'sortition';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStreamAddresses } from '../src/ofrep/change-stream.ts';
import { createShop, SDK_KEY, type Shop } from './shop.ts';

let shop: Shop;
afterEach(() => {
  vi.restoreAllMocks();
  return shop?.close();
});

const context = { targetingKey: 'qa-robot' };

describe('single evaluation', () => {
  it('answers by the number of variables, and addresses the same for each flag', async () => {
    shop = createShop();
    const flag = await shop.ask('/ofrep/v1/evaluate/flags/checkout', { context });
    expect(flag).toMatchObject({
      status: 200,
      body: { key: 'checkout', reason: 'STATIC', variant: 'express', metadata: { ruleKey: 'checkout_redesign' } },
    });
    expect(Object.keys(flag.body.value)).toEqual(['steps', 'express_pay', 'discount', 'button_label', 'layout']);
    const address = await shop.ask('/ofrep/v1/evaluate/flags/checkout.steps', { context });
    expect(address.body.value).toBe(flag.body.value.steps);
    expect((await shop.ask('/ofrep/v1/evaluate/flags/checkout.%24variation', { context })).body.value).toBe('express');
    expect((await shop.ask('/ofrep/v1/evaluate/flags/gift_wrap', { context })).body.value).toEqual(expect.any(Boolean));
    expect(shop.recorded.length).toBeGreaterThan(0);
  });

  it('tells users apart who are served the same variation for another reason', async () => {
    shop = createShop();
    const ids = Array.from({ length: 500 }, (_, index) => `user-${index}`);
    const quiet = ['DISABLE_DECISION_EVENT'] as const;
    const attributes = { plan: 'gold', country: 'FR', visits: 12 };
    const isDrawn = (id: string): boolean =>
      shop.client.createUserContext(id, attributes).decide('checkout', quiet).variationKey === 'express';
    const drawn = ids.find(isDrawn);
    const ask = async (id: string | undefined, address: string) => {
      const asked = { context: { ...attributes, targetingKey: id } };
      const { body } = await shop.ask(`/ofrep/v1/evaluate/flags/${address}`, asked);
      return [body.reason, body.value];
    };
    for (const address of ['checkout.steps', 'checkout.$variation', 'checkout.steps']) {
      const [listedReason, listed] = await ask('qa-robot', address);
      const [drawnReason, value] = await ask(drawn, address);
      expect([listedReason, drawnReason, value]).toEqual(['STATIC', 'SPLIT', listed]);
    }
    expect(await ask('qa-robot', 'checkout.$variation')).toEqual(['STATIC', 'express']);
  });

  it('answers each project from its own datafile', async () => {
    shop = createShop();
    const datafile = JSON.stringify({ ...SHOP_DATAFILE, revision: 'another' });
    const client = createClient({ config: createStaticConfig({ datafile }), events: null, logger: false });
    const other = createShop({ project: { client } });
    const revisions = [];
    for (const { ask } of [shop, other, shop, other]) {
      const { body } = await ask('/ofrep/v1/evaluate/flags/checkout', { context });
      revisions.push(body.metadata.revision);
    }
    expect(revisions).toEqual([SHOP_DATAFILE.revision, 'another', SHOP_DATAFILE.revision, 'another']);
    await other.close();
    await client.close();
  });

  it.each<[string, string, unknown, number, object]>([
    ['an unknown flag', 'none', { context }, 404, { key: 'none', errorCode: 'FLAG_NOT_FOUND' }],
    ['no targeting key', 'checkout', { context: {} }, 400, { key: 'checkout', errorCode: 'TARGETING_KEY_MISSING' }],
    ['no context', 'checkout', {}, 400, { key: 'checkout', errorCode: 'INVALID_CONTEXT' }],
    ['a context that is a list', 'checkout', { context: [] }, 400, { key: 'checkout', errorCode: 'INVALID_CONTEXT' }],
    ['broken JSON', 'checkout', '{', 400, { key: 'checkout', errorCode: 'PARSE_ERROR' }],
  ])('answers %s', async (_what, key, body, status, expected) => {
    shop = createShop();
    expect(await shop.ask(`/ofrep/v1/evaluate/flags/${key}`, body)).toMatchObject({ status, body: expected });
  });
});

describe('bulk evaluation', () => {
  it('answers every flag, with a stream to listen to, and sends no impressions', async () => {
    shop = createShop();
    const { body, headers } = await shop.ask('/ofrep/v1/evaluate/flags', { context });
    expect(body.flags.map(({ key }: { key: string }) => key)).toEqual(
      Object.keys(shop.client.getProjectInfo()?.flags ?? {}),
    );
    expect(body.eventStreams).toEqual([
      { type: 'sse', endpoint: { requestUri: expect.stringContaining('/ofrep/v1/events') } },
    ]);
    expect(headers.get('etag')).toMatch(/^".+"$/);
    expect(shop.recorded).toEqual([]);
  });

  it('sends impressions when bulk evaluation counts as shown', async () => {
    shop = createShop({ bulkImpressions: true });
    await shop.ask('/ofrep/v1/evaluate/flags', { context });
    expect(shop.recorded.length).toBeGreaterThan(0);
  });

  it('[SRV-12] answers 304 for the same context alone', async () => {
    shop = createShop();
    const { headers } = await shop.ask('/ofrep/v1/evaluate/flags', { context });
    const etag = headers.get('etag') as string;
    expect((await shop.ask('/ofrep/v1/evaluate/flags', { context }, { 'if-none-match': etag })).status).toBe(304);
    const hints = `flagConfigEtag=${encodeURIComponent(etag)}&flagConfigLastModified=Sun`;
    expect((await shop.ask(`/ofrep/v1/evaluate/flags?${hints}`, { context })).status).toBe(200);
    const other = { context: { ...context, unused: 'attribute' } };
    expect((await shop.ask('/ofrep/v1/evaluate/flags', other, { 'if-none-match': etag })).status).toBe(200);
  });

  it('lists addresses when it is asked to', async () => {
    shop = createShop();
    const { body } = await shop.ask('/ofrep/v1/evaluate/flags?addresses=all', { context });
    const keys = body.flags.map(({ key }: { key: string }) => key);
    expect(keys).toContain('checkout.steps');
    expect(keys).toContain('checkout.$variation');
  });
});

describe('guards', () => {
  const all = 'a-long-token-for-servers';
  const read = 'a-long-token-for-browsers';
  const tokens = [
    { token: all, scope: 'all' },
    { token: read, scope: 'read' },
  ] as const;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('[SRV-08] asks for a token, and lets one for browsers evaluate in bulk and nothing else', async () => {
    shop = createShop({ tokens });
    expect((await shop.ask('/ofrep/v1/evaluate/flags', { context })).status).toBe(401);
    expect((await shop.ask('/ofrep/v1/evaluate/flags', { context }, bearer('a-long-token-for-serverz'))).status).toBe(
      401,
    );
    expect((await shop.ask('/ofrep/v1/evaluate/flags', { context }, bearer(read))).status).toBe(200);
    expect((await shop.ask('/ofrep/v1/evaluate/flags/checkout', { context }, bearer(read))).status).toBe(403);
    expect((await shop.ask('/v1/decide', { userId: 'ada' }, bearer(read))).status).toBe(403);
    expect((await shop.ask('/v1/decide', { userId: 'ada' }, { 'x-api-key': all })).status).toBe(200);
    expect((await shop.ask('/health')).status).toBe(200);
  });

  it('[SRV-13] opens a change stream for an address it made, and for no other', async () => {
    shop = createShop({ tokens });
    const { body } = await shop.ask('/ofrep/v1/evaluate/flags', { context }, bearer(read));
    const address = body.eventStreams[0]?.endpoint.requestUri ?? '';
    const open = await shop.fetch(new Request(`http://127.0.0.1${address}`));
    expect(open.status).toBe(200);
    await open.body?.cancel();
    const forged = await shop.fetch(
      new Request(`http://127.0.0.1${address.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}`),
    );
    expect(forged.status).toBe(401);
  });

  it.each(['importKey', 'sign'] as const)('evaluates in bulk again after "%s" failed once', async (name) => {
    shop = createShop({ tokens });
    const failing = vi.spyOn(crypto.subtle, name).mockRejectedValueOnce(new Error('out of order'));
    const statusOf = async () => (await shop.ask('/ofrep/v1/evaluate/flags', { context }, bearer(read))).status;
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([500, 200, 200]);
    // A key is imported anew after a failure; what was signed is kept.
    expect(failing).toHaveBeenCalledTimes(2);
  });

  it.each(['importKey', 'sign'] as const)('refuses a wrong context in bulk also while "%s" fails', async (name) => {
    shop = createShop({ tokens });
    const failing = vi.spyOn(crypto.subtle, name).mockRejectedValue(new Error('out of order'));
    const ask = (given: object) => shop.ask('/ofrep/v1/evaluate/flags', { context: given }, bearer(read));
    const refused = [await ask({}), await ask([])];
    expect(failing).not.toHaveBeenCalled();
    const { status } = await ask(context);
    expect(refused.map((answer) => [answer.status, answer.body.errorCode])).toEqual([
      [400, 'TARGETING_KEY_MISSING'],
      [400, 'INVALID_CONTEXT'],
    ]);
    expect(status).toBe(500);
  });

  it.each(['importKey', 'sign'] as const)('lets no request wait for the "%s" of another one', async (name) => {
    const addresses = createStreamAddresses(tokens);
    shop = createShop();
    const project = { sdkKey: SDK_KEY, client: shop.client };
    const pending = vi.spyOn(crypto.subtle, name).mockReturnValueOnce(new Promise<never>(() => undefined));
    void addresses.create(project);
    await expect.poll(() => pending).toHaveBeenCalledTimes(1);
    const address = await Promise.race([
      addresses.create(project),
      new Promise((resolve) => setTimeout(resolve, 5_000)),
    ]);
    expect(address).toContain('/ofrep/v1/events?project=');
    expect(addresses.create(project)).toBe(address);
  });

  it('[SRV-02] answers for the hosts of its list alone', async () => {
    shop = createShop({ allowedHosts: ['flags.example.com'] });
    expect((await shop.ask('/health', undefined, { host: 'flags.example.com:8080' })).status).toBe(200);
    expect((await shop.ask('/health', undefined, { host: 'rebound.example.org' })).status).toBe(403);
  });

  it('sends no headers for other origins unless it was told which', async () => {
    shop = createShop();
    const origin = { origin: 'https://shop.example' };
    expect(
      (await shop.ask('/ofrep/v1/evaluate/flags', { context }, origin)).headers.get('access-control-allow-origin'),
    ).toBeNull();
    await shop.close();
    shop = createShop({ cors: ['https://shop.example'] });
    expect(
      (await shop.ask('/ofrep/v1/evaluate/flags', { context }, origin)).headers.get('access-control-allow-origin'),
    ).toBe('https://shop.example');
  });

  it('answers the preflight of a page that may ask, without a token', async () => {
    shop = createShop({ cors: ['https://shop.example'], tokens });
    const preflight = (origin: string) =>
      shop.fetch(
        new Request('http://127.0.0.1/ofrep/v1/evaluate/flags', {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' },
        }),
      );
    const allowed = await preflight('https://shop.example');
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example']);
    expect((await preflight('https://other.example')).headers.get('access-control-allow-origin')).toBeNull();
    const refused = await shop.ask('/ofrep/v1/evaluate/flags', { context }, { origin: 'https://shop.example' });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, 'https://shop.example']);
  });

  it('[SRV-05] answers 429 beyond the number of requests at a time', async () => {
    shop = createShop({ limits: { maxConcurrent: 2 } });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => shop.ask('/ofrep/v1/evaluate/flags', { context })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429, 429, 429]);
    expect((await shop.ask('/ofrep/v1/evaluate/flags', { context })).status).toBe(200);
  });

  it('[SRV-06] lets go of a body that does not arrive', async () => {
    shop = createShop({ limits: { bodyTimeoutMs: 20 } });
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) });
    const headers = { 'content-type': 'application/json', 'x-optimizely-sdk-key': 'shop-key' };
    const request = new Request('http://127.0.0.1/v1/decide', {
      method: 'POST',
      body,
      headers,
      duplex: 'half',
    } as RequestInit);
    expect((await shop.fetch(request)).status).toBe(408);
  });

  it('says that a route does not exist, and closes', async () => {
    shop = createShop();
    expect((await shop.ask('/v2/decide')).status).toBe(404);
    expect((await shop.ask('/ready')).status).toBe(200);
    await shop.close();
    expect((await shop.ask('/ready')).status).toBe(503);
  });
});
