import { amplitudeSetCookie } from '@sortition/cookies';
import { createLabServer, createMemoryEventStore, type LabServer } from '@sortition/emulator';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { createClient, createStaticConfig } from 'sortition';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningWorker, runWorker } from '../src/local/edge-runtime.ts';
import { bundleWorker, type EdgeBundle } from './edge-bundle.ts';

interface DecisionsAnswer {
  readonly userId: string;
  readonly decisions: readonly { flagKey: string; variationKey: string | null; ruleKey: string | null }[];
}

const COOKIE = 'amp_lab-an';

const store = createMemoryEventStore();
let lab: LabServer;
let bundle: EdgeBundle;
let worker: RunningWorker;

const start = (): RunningWorker =>
  runWorker(bundle.script, {
    SDK_KEY: 'lab',
    DATAFILE_URL: `${lab.url}/datafiles/%s.json`,
    EVENTS_URL: `${lab.url}/v1/events`,
    ANALYTICS_KEY: 'lab-analytics',
    CONFIG_MAX_AGE_MS: '1000',
  });

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  worker.fetch(new Request(`https://shop.example${path}`, init));

const asVisitor = (id: string): RequestInit => ({ headers: { cookie: `${COOKIE}=${id}..........` } });

const purchase = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  ask('/purchases', { method: 'POST', body, headers: { ...headers, cookie: `${COOKIE}=katherine..........` } });

beforeAll(async () => {
  bundle = await bundleWorker();
  lab = await createLabServer({ eventStore: store });
});

beforeEach(() => {
  lab.datafiles.publish('lab', SHOP_DATAFILE);
  worker = start();
});

afterEach(async () => {
  lab.faults.clear();
  await worker.settle();
  store.clear();
});

afterAll(() => lab.close());

describe('the worker', () => {
  it('is made of web APIs: nothing in its bundle is for Node', () => {
    const inputs = Object.keys(bundle.metafile.inputs);
    expect(inputs.some((path) => path.endsWith('packages/client/src/compose-client.ts'))).toBe(true);
    expect(inputs.filter((path) => path.includes('/node/'))).toEqual([]);
    const imports = Object.values(bundle.metafile.inputs).flatMap((input) => input.imports);
    expect(imports.filter((imported) => imported.external)).toEqual([]);
  });

  it('decides as a server does, for visitors with and without a plan', async () => {
    const config = createStaticConfig({ datafile: SHOP_DATAFILE });
    const client = createClient({ config, events: null });
    for (const plan of ['guest', 'gold']) {
      for (let index = 0; index < 10; index += 1) {
        const answer = await ask(`/decisions?plan=${plan}&country=DE`, asVisitor(`visitor-${index}`));
        const { userId, decisions } = (await answer.json()) as DecisionsAnswer;
        const user = client.createUserContext(userId, { plan, country: 'DE' });
        expect(userId).toBe(`visitor-${index}`);
        expect(decisions.map(({ flagKey }) => flagKey)).toEqual(['checkout', 'free_shipping']);
        for (const { flagKey, variationKey, ruleKey } of decisions) {
          expect({ flagKey, variationKey, ruleKey }).toMatchObject({
            variationKey: user.decide(flagKey).variationKey,
            ruleKey: user.decide(flagKey).ruleKey,
          });
        }
      }
    }
    await client.close();
  });

  it('gives a visitor an id that the browser keeps', async () => {
    const first = await ask('/decisions');
    const cookie = first.headers.get('set-cookie') ?? '';
    const { userId } = (await first.json()) as DecisionsAnswer;
    expect(userId).toMatch(/^[\da-f-]{36}$/);
    expect(cookie).toMatch(new RegExp(`^${COOKIE}=${userId}\\.+; .*Secure`));
    const second = await ask('/decisions', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(second.headers.get('set-cookie')).toBeNull();
    expect(((await second.json()) as DecisionsAnswer).userId).toBe(userId);
    const nobody = await ask('/decisions', asVisitor('undefined'));
    expect(((await nobody.json()) as DecisionsAnswer).userId).toMatch(/^[\da-f-]{36}$/);
  });

  it('delivers its events within what waitUntil was handed, once', async () => {
    expect((await purchase('{"revenue":4200}')).status).toBe(204);
    await ask('/', asVisitor('katherine'));
    await worker.settle();
    const events = [...store.events.values()];
    expect(events.map(({ kind, key, visitorId }) => `${kind} ${key} ${visitorId}`).sort()).toEqual([
      'conversion purchase katherine',
      'impression campaign_activated katherine',
      'impression campaign_activated katherine',
    ]);
    expect(events.find(({ kind }) => kind === 'conversion')?.revenue).toBe(4200);
  });

  it('does not count a visitor who opted out', async () => {
    const cookie = amplitudeSetCookie({ apiKey: 'lab-analytics', deviceId: 'olga', cookies: null, optOut: true });
    const answer = await ask('/', { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(await answer.text()).toContain('<dd>olga</dd>');
    await worker.settle();
    expect(store.events.size).toBe(0);
  });

  it('keeps the config between requests and renews it behind an answer', async () => {
    await ask('/decisions', asVisitor('a'));
    await ask('/decisions', asVisitor('b'));
    expect(lab.datafiles.requests.recent.filter(({ path }) => path === '/datafiles/lab.json').length).toBeGreaterThan(
      0,
    );
    const before = lab.datafiles.requests.count;
    await ask('/decisions', asVisitor('c'));
    expect(lab.datafiles.requests.count).toBe(before);

    const experiments = SHOP_DATAFILE.experiments.map((rule) =>
      rule.key === 'checkout_redesign'
        ? { ...rule, trafficAllocation: [{ entityId: '2103', endOfRange: 10_000 }] }
        : rule,
    );
    lab.datafiles.publish('lab', { ...SHOP_DATAFILE, revision: 'next', experiments, holdouts: [] });
    await vi.waitFor(
      async () => {
        const answer = await ask('/decisions?plan=gold', asVisitor('a'));
        const { decisions } = (await answer.json()) as DecisionsAnswer;
        expect(decisions[0]?.variationKey).toBe('express');
      },
      { timeout: 60_000, interval: 100 },
    );
  });

  it.each([
    ['answers with an error', { kind: 'status', status: 503 }],
    ['hangs', { kind: 'hang' }],
    ['cuts its answer short', { kind: 'truncate' }],
    ['resets the connection', { kind: 'reset' }],
  ] as const)('serves the defaults while the CDN %s', async (_what, fault) => {
    lab.faults.set('datafiles', fault);
    const startedAt = Date.now();
    const answer = await ask('/', asVisitor('katherine'));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('the default, because no rule answers');
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  it('answers at once while the collector hangs, and loses nothing', async () => {
    lab.faults.set('events', { kind: 'hang', times: 1 });
    const startedAt = Date.now();
    expect((await ask('/', asVisitor('katherine'))).status).toBe(200);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await worker.settle();
    expect(store.events.size).toBe(2);
  });

  it('escapes what a visitor wrote into a cookie', async () => {
    const page = await (await ask('/', asVisitor('<b>&bold'))).text();
    expect(page).toContain('&lt;b&gt;&amp;bold');
    expect(page).not.toContain('<b>');
  });

  it.each([
    ['no JSON', '{"revenue":', 400],
    ['null', 'null', 400],
    ['no revenue', '{}', 400],
    ['a fraction of a cent', '{"revenue":0.5}', 400],
    ['too much', JSON.stringify({ revenue: 1, more: 'x'.repeat(2_000) }), 413],
  ])('refuses a purchase that is %s', async (_what, body, status) => {
    expect((await purchase(body)).status).toBe(status);
  });

  it('refuses a purchase a foreign page could send, and paths and methods it does not have', async () => {
    expect((await purchase('{"revenue":1}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await ask('/nothing')).status).toBe(404);
    expect((await ask('/purchases')).status).toBe(404);
  });

  it('sends a style sheet and a policy that allows nothing else', async () => {
    expect((await ask('/style.css')).headers.get('content-type')).toContain('text/css');
    expect((await ask('/')).headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'self'");
  });
});
