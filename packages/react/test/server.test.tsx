// @vitest-environment node
/** @jsxImportSource react */
/** Deciding on a server, and the impressions that are held there until a browser shows them. */
import { createClient as createLeanClient, recordTo } from '@sortition/client';
import { signCookieValue } from '@sortition/cookies';
import { renderToStaticMarkup } from 'react-dom/server';
import {
  createClient,
  createStaticConfig,
  type EventSink,
  type ImpressionEvent,
  type Odp,
  type UserProfileStore,
} from 'sortition';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  createImpressionRoute,
  decideForPage,
  formatSnapshot,
  NoScriptImpressions,
  signForcedDecisions,
  verifyForcedDecisions,
} from '../src/server.ts';
import { GOLD_DATAFILE } from './gold-client.ts';
import { createShopClient } from './shop.ts';

const key = 'a secret of the server';
const impressions = { url: '/seen', key };
const ada = { id: 'ada@example.com', attributes: { plan: 'gold' } };

afterEach(() => void vi.useRealTimers());

/** A server's client, with what it records. */
function createServer(more: { profiles?: UserProfileStore; odp?: Odp } = {}) {
  const recorded: ImpressionEvent[] = [];
  const events: EventSink = { record: (event) => void (event.type === 'impression' && recorded.push(event)) };
  const client = createClient({
    config: createStaticConfig({ datafile: GOLD_DATAFILE }),
    events,
    logger: false,
    ...more,
  });
  return { client, recorded, route: createImpressionRoute(client, { key }) };
}

/** An object that holds itself. */
function cyclic(): object {
  const self: { self?: object } = {};
  self.self = self;
  return self;
}

const post = (body: string): Request => new Request('http://shop/seen', { method: 'POST', body });
const tokensOf = (snapshot: Awaited<ReturnType<typeof decideForPage>>): string[] =>
  Object.values(snapshot.impressions?.tokens ?? {});

describe('decideForPage', () => {
  it('decides all flags, or those it is asked for, and records nothing', async () => {
    const { client, recorded } = createServer();
    const all = await decideForPage(client, ada);
    expect(all.decisions.map(({ flagKey, variationKey }) => `${flagKey} ${variationKey}`)).toEqual([
      'checkout one_page',
      'banner on',
    ]);
    expect((await decideForPage(client, ada, ['banner'])).decisions).toHaveLength(1);
    expect((await decideForPage(client, ada, ['nothing'])).decisions).toMatchObject([
      { variationKey: null, enabled: false },
    ]);
    expect(all).not.toHaveProperty('impressions');
    expect(recorded).toEqual([]);
  });

  it('takes a lean client and a user context', async () => {
    const client = createLeanClient({
      config: createStaticConfig({ datafile: GOLD_DATAFILE }),
      parts: [recordTo(null)],
    });
    const user = client.createUserContext('ada', { plan: 'gold' });
    expect((await decideForPage(client, user, ['checkout'])).decisions).toMatchObject([{ variationKey: 'one_page' }]);
    const { client: full } = createServer();
    expect((await decideForPage(full, full.createUserContext('ada'))).decisions).toHaveLength(2);
  });

  it('[UI-07] carries nothing of the user, and another token each time', async () => {
    const { client } = createServer();
    const text = JSON.stringify(await decideForPage(client, ada, undefined, { impressions }));
    expect(text).not.toMatch(/ada@|example|plan/);
    for (const token of tokensOf(JSON.parse(text))) {
      expect(Buffer.from(token, 'base64url').toString('latin1')).not.toMatch(/ada|gold|checkout/);
    }
    expect(text).not.toBe(JSON.stringify(await decideForPage(client, ada, undefined, { impressions })));
  });

  it('loads segments and stored assignments once for calls with one user context, and sees them', async () => {
    const lookups: string[] = [];
    const fetches: string[] = [];
    const { client } = createServer({
      profiles: {
        sync: false,
        lookup: async (userId) => {
          lookups.push(userId);
          return { user_id: userId, experiment_bucket_map: { gold: { variation_id: 'gold one_page' } } };
        },
        save: async () => undefined,
      },
      odp: {
        async fetchSegments({ userId }: { userId: string }) {
          fetches.push(userId);
          return ['gold'];
        },
        sendEvent: () => undefined,
        configure: () => undefined,
      } as unknown as Odp,
    });
    const user = client.createUserContext('vera');
    const pages = await Promise.all([
      decideForPage(client, user, ['checkout']),
      decideForPage(client, user, ['checkout']),
    ]);
    await decideForPage(client, user, ['checkout']);
    expect(pages.map(({ decisions }) => decisions[0]?.variationKey)).toEqual(['one_page', 'one_page']);
    expect(fetches).toEqual(['vera']);
    expect(lookups).toEqual(['vera']);
  });

  it.each([
    ['no secret', undefined],
    ['a short one', 'short'],
    ['a list without one', []],
  ])('rejects with %s', async (_name, bad) => {
    const { client } = createServer();
    const asked = decideForPage(client, ada, [], { impressions: { url: '/seen', key: bad as never } });
    await expect(asked).rejects.toMatchObject({ code: 'invalid-option', message: /"key" of decideForPage/ });
    expect(() => createImpressionRoute(client, { key: bad as never })).toThrow(/"key" of createImpressionRoute/);
  });

  it.each<[string, object]>([
    ['a bigint', { plan: 'gold', visits: 1n }],
    ['an object that holds itself', { plan: 'gold', self: cyclic() }],
    [
      'one that cannot be read',
      {
        plan: 'gold',
        get visits() {
          throw new Error('no visits');
        },
      },
    ],
  ])('takes attributes with %s as a client does', async (_name, attributes) => {
    const { client } = createServer();
    const user = { id: 'ada', attributes: attributes as never };
    const { decisions } = await decideForPage(client, user, ['checkout'], { impressions });
    expect(decisions).toMatchObject([{ variationKey: 'one_page' }]);
  });

  it.each([null, { forced: null }, { impressions: null }])('takes %j as no options', async (options) => {
    const { decisions } = await decideForPage(createServer().client, ada, ['checkout'], options as never);
    expect(decisions).toMatchObject([{ variationKey: 'one_page' }]);
  });

  it.each([null, undefined, {}, { id: 1 }, 'ada'])('rejects a user that is %j', async (user) => {
    await expect(decideForPage(createServer().client, user as never)).rejects.toMatchObject({ code: 'invalid-user' });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '60', null])('rejects %s seconds', async (seconds) => {
    const expiresInSeconds = seconds as number;
    const refusal = { code: 'invalid-option', message: expect.stringContaining('"expiresInSeconds"') };
    const asked = decideForPage(createServer().client, ada, [], { impressions: { ...impressions, expiresInSeconds } });
    await expect(asked).rejects.toMatchObject(refusal);
    await expect(signForcedDecisions([], { key, expiresInSeconds })).rejects.toMatchObject(refusal);
  });

  it('[SEC-10] is safe in the text of a page, whatever variables hold', async () => {
    const client = createShopClient();
    client.setFlag('banner', { variables: { text: '</script><script>alert(1)</script><!--\u2028&' } });
    const snapshot = await decideForPage(client, ada, ['banner']);
    const text = formatSnapshot(snapshot);
    expect(text).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(snapshot)));
  });
});

describe('the impression route', () => {
  it('records what was shown, as it was decided, for whom it was decided', async () => {
    const { client, recorded, route } = createServer();
    const { impressions: held } = await decideForPage(client, ada, undefined, { impressions });
    expect((await route(post(held?.tokens.checkout ?? ''))).status).toBe(204);
    expect(recorded).toMatchObject([
      {
        userId: ada.id,
        attributes: ada.attributes,
        flagKey: 'checkout',
        ruleKey: 'gold',
        ruleType: 'feature-test',
        variationKey: 'one_page',
        enabled: true,
        experimentId: 'gold',
        variationId: 'gold one_page',
        layerId: 'layer of gold',
      },
    ]);
  });

  it('sends the same fields as the client itself', async () => {
    const { client, recorded, route } = createServer();
    await route(post(tokensOf(await decideForPage(client, ada, ['checkout'], { impressions })).join('\n')));
    client.createUserContext(ada.id, ada.attributes).decide('checkout');
    const [held, own] = recorded.map(({ uuid, timestamp, ...fields }) => fields);
    expect(held).toEqual(own);
  });

  it('[UI-04] counts a token once, also when it is posted many times at once, and in one body', async () => {
    const { client, recorded, route } = createServer();
    const [token = ''] = tokensOf(await decideForPage(client, ada, ['checkout'], { impressions }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => route(post(`${token}\n${token}`))));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(204));
    expect(recorded).toHaveLength(1);
  });

  it('is counted once by servers that share claims, and recognisable without', async () => {
    const claimed = new Set<string>();
    const claim = async (id: string) => !claimed.has(id) && Boolean(claimed.add(id));
    const { client, recorded } = createServer();
    const [token = ''] = tokensOf(await decideForPage(client, ada, ['checkout'], { impressions }));
    for (const route of [
      createImpressionRoute(client, { key, claim }),
      createImpressionRoute(client, { key, claim }),
    ]) {
      await route(post(token));
    }
    expect(recorded).toHaveLength(1);
    await createImpressionRoute(client, { key })(post(token));
    expect(new Set(recorded.map(({ uuid }) => uuid)).size).toBe(1);
  });

  it('claims a token when it can be recorded, and not at an attempt that fails', async () => {
    const claimed = new Set<string>();
    const claim = async (id: string) => !claimed.has(id) && Boolean(claimed.add(id));
    const { client, recorded } = createServer();
    const [token = ''] = tokensOf(await decideForPage(client, ada, ['checkout'], { impressions }));
    const ready = vi.fn().mockRejectedValueOnce(new Error('no datafile yet')).mockResolvedValue(undefined);
    const route = createImpressionRoute(Object.assign(Object.create(client), { ready }), { key, claim });
    expect((await route(post(token))).status).toBe(503);
    expect((await route(post(token))).status).toBe(204);
    expect(recorded).toHaveLength(1);
  });

  it('claims nothing with a client that records nothing', async () => {
    const claim = vi.fn(async () => true);
    const { client } = createServer();
    const [token = ''] = tokensOf(await decideForPage(client, ada, ['checkout'], { impressions }));
    const lean = createLeanClient({ config: createStaticConfig({ datafile: GOLD_DATAFILE }) });
    expect((await createImpressionRoute(lean, { key, claim })(post(token))).status).toBe(503);
    expect(claim).not.toHaveBeenCalled();
  });

  it('takes the token of a user with long attributes', async () => {
    const { client, recorded, route } = createServer();
    const user = { id: 'ada', attributes: { plan: 'gold', note: 'x'.repeat(20_000) } };
    const [token = ''] = tokensOf(await decideForPage(client, user, ['checkout'], { impressions }));
    expect((await route(post(token))).status).toBe(204);
    expect(recorded).toMatchObject([{ attributes: user.attributes }]);
  });

  it.each<[string, (request: Request) => unknown]>([
    ['was read', (request) => request.text()],
    ['is being read', (request) => request.body?.getReader()],
  ])('answers a request whose body %s before', async (_name, read) => {
    const request = post('a token');
    await read(request);
    expect((await createServer().route(request)).status).toBe(204);
  });

  it.each<[string, (token: string) => string]>([
    ['is made up', () => 'A'.repeat(200)],
    ['is not base64url', () => '<script>'],
    [
      'was changed in its last character',
      (token) => `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1)}`,
    ],
    ['was changed in the middle', (token) => token.slice(0, 60) + (token[60] === 'A' ? 'B' : 'A') + token.slice(61)],
    ['was cut', (token) => token.slice(0, -10)],
    ['is very long', (token) => token.repeat(100)],
  ])('[UI-02] refuses a token that %s', async (_name, forge) => {
    const { client, recorded, route } = createServer();
    const [token = ''] = tokensOf(await decideForPage(client, ada, ['checkout'], { impressions }));
    expect((await route(post(forge(token)))).status).toBe(400);
    expect(recorded).toEqual([]);
  });

  it('[UI-02] refuses a token of another secret, and takes that of an old one while it is listed', async () => {
    const { client, recorded, route } = createServer();
    const old = 'an older secret of the server';
    const [token = ''] = tokensOf(
      await decideForPage(client, ada, ['checkout'], { impressions: { url: '/seen', key: old } }),
    );
    expect((await route(post(token))).status).toBe(400);
    expect((await createImpressionRoute(client, { key: [key, old] })(post(token))).status).toBe(204);
    expect(recorded).toHaveLength(1);
  });

  it('[UI-03] refuses a token that has expired', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { client, recorded, route } = createServer();
    const expiring = { ...impressions, expiresInSeconds: 60 };
    const [token = ''] = tokensOf(await decideForPage(client, ada, ['checkout'], { impressions: expiring }));
    vi.setSystemTime(Date.now() + 60_000);
    expect((await route(post(token))).status).toBe(400);
    expect(recorded).toEqual([]);
  });

  it('answers with an image for pages without scripts, and counts what it carries', async () => {
    const { client, recorded, route } = createServer();
    const snapshot = await decideForPage(client, ada, undefined, { impressions });
    const html = renderToStaticMarkup(<NoScriptImpressions snapshot={snapshot} flagKeys={['banner']} />);
    const [, src = ''] = /^<noscript><img src="([^"]*)"[^>]*\/><\/noscript>$/.exec(html) ?? [];
    for (const _twice of [1, 2]) {
      const answer = await route(new Request(`http://shop${src}`));
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
        200,
        'image/gif',
        'no-store',
      ]);
    }
    expect(recorded.map(({ flagKey }) => flagKey)).toEqual(['banner']);
    expect(renderToStaticMarkup(<NoScriptImpressions snapshot={await decideForPage(client, ada)} />)).toBe('');
  });

  it('is asked for its image at an address that has a query, too', async () => {
    const { client } = createServer();
    const at = { url: '/seen?shop=1', key };
    const snapshot = await decideForPage(client, ada, ['checkout'], { impressions: at });
    const html = renderToStaticMarkup(<NoScriptImpressions snapshot={snapshot} />);
    expect(html).toContain(`src="/seen?shop=1&amp;t=${tokensOf(snapshot)[0]}"`);
  });

  it('asks for another attempt while there is no datafile, and counts that one', async () => {
    const { client } = createServer();
    const [token = ''] = tokensOf(await decideForPage(client, ada, ['checkout'], { impressions }));
    const record = vi.fn();
    let isReady = false;
    const source = createStaticConfig({ datafile: GOLD_DATAFILE });
    const late = createClient({
      config: {
        current: () => null,
        subscribe: (listener) => {
          const timer = setInterval(() => {
            const config = source.current();
            if (isReady && config) listener({ type: 'config', config, problems: [] });
          }, 5);
          return () => clearInterval(timer);
        },
      },
      events: { record },
      logger: false,
    });
    const hasty = createImpressionRoute({ ...late, ready: () => late.ready({ timeoutMs: 10 }) }, { key });
    expect((await hasty(post(token))).status).toBe(503);
    isReady = true;
    await late.ready();
    expect((await createImpressionRoute(late, { key })(post(token))).status).toBe(204);
    expect(record).toHaveBeenCalledOnce();
    await late.close();
  });

  it.each<[string, () => Request, number]>([
    ['another method', () => new Request('http://shop/seen', { method: 'PUT', body: 'x' }), 405],
    ['a body that is too large', () => post('x'.repeat(300_000)), 413],
    ['too many tokens', () => post('x\n'.repeat(501)), 413],
    ['an empty body', () => post(''), 204],
  ])('answers %s', async (_name, request, status) => {
    expect((await createServer().route(request())).status).toBe(status);
  });
});

describe('forced decisions', () => {
  const forced = [{ flagKey: 'checkout', variationKey: 'classic' }];
  const asCookie = (value: string) => ({ headers: new Headers({ cookie: `a=b; sortition_forced=${value}; c=d` }) });

  it('are taken from a signed cookie or address, and decide a page', async () => {
    const signed = await signForcedDecisions(forced, { key });
    const { client } = createServer();
    expect(await verifyForcedDecisions(asCookie(signed), { key })).toEqual(forced);
    const found = await verifyForcedDecisions(new Request(`http://shop/?sortition_forced=${signed}`), { key });
    const page = await decideForPage(client, ada, ['checkout'], { forced: found });
    expect(page.decisions).toMatchObject([{ variationKey: 'classic' }]);
    expect((await decideForPage(client, ada, ['checkout'])).decisions).toMatchObject([{ variationKey: 'one_page' }]);
  });

  it.each<[string, (signed: string) => Promise<readonly unknown[]>]>([
    ['without a secret', (signed) => verifyForcedDecisions(asCookie(signed), {})],
    ['with an empty secret', (signed) => verifyForcedDecisions(asCookie(signed), { key: '' })],
    ['with a secret that is too short', (signed) => verifyForcedDecisions(asCookie(signed), { key: 'short' })],
    ['with another secret', (signed) => verifyForcedDecisions(asCookie(signed), { key: 'another secret of a server' })],
    ['when the text was changed', (signed) => verifyForcedDecisions(asCookie(`x${signed}`), { key })],
    ['when the text is not signed', () => verifyForcedDecisions(asCookie(btoa(JSON.stringify({ forced }))), { key })],
    [
      'when the secret signed it for something else, such as an id that a visitor chose',
      async (signed) => {
        const id = signed.split('.')[0] ?? '';
        return verifyForcedDecisions(asCookie(await signCookieValue(id, key)), { key });
      },
    ],
    ['without a text', () => verifyForcedDecisions({ headers: new Headers() }, { key })],
    [
      'in an address that cannot be read',
      () => verifyForcedDecisions({ headers: new Headers(), url: 'http://[' }, { key }),
    ],
  ])('[UI-06] are none %s', async (_name, verify) => {
    expect(await verify(await signForcedDecisions(forced, { key }))).toEqual([]);
  });

  it('[UI-03] end when the text expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const signed = await signForcedDecisions(forced, { key, expiresInSeconds: 60 });
    vi.setSystemTime(Date.now() + 60_000);
    expect(await verifyForcedDecisions(asCookie(signed), { key })).toEqual([]);
  });
});
