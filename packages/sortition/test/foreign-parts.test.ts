/** Parts and callers that do what their types rule out: asynchronous where nobody waits, unreadable, of another kind. */
import { describe, expect, it } from 'vitest';
import { type ClientOptions, createClient, createStaticConfig, type Problem } from '../src/index.ts';
import { shopDatafile } from './shop-datafile.ts';

const config = () => createStaticConfig({ datafile: shopDatafile() });
const silentOdp = { fetchSegments: async () => [], configure: () => undefined, sendEvent: () => undefined };
const rejects = () => Promise.reject(new Error('boom')) as never;

/** A client over parts, used once; with the problems it reported until everything was told. */
async function useParts(parts: Partial<ClientOptions>) {
  const client = createClient({ config: config(), events: null, logger: false, ...parts });
  const problems: Problem[] = [];
  client.on('problem', (problem) => problems.push(problem));
  const { enabled } = client.createUserContext('ada').decide('checkout');
  client.sendOdpEvent({ action: 'viewed', identifiers: { email: 'a@example.com' } });
  await new Promise((resolve) => setTimeout(resolve, 1));
  return { client, enabled, codes: problems.map(({ code }) => code) };
}

describe('[LIFE-01] a part that is asynchronous where nobody waits', () => {
  it.each<[string, Partial<ClientOptions>, string]>([
    ['an event sink', { events: { record: rejects } }, 'event-sink-failed'],
    ['the ids of an event sink', { events: { record: () => undefined, randomId: rejects } }, 'event-sink-failed'],
    ['ODP', { odp: { fetchSegments: async () => [], configure: rejects, sendEvent: rejects } }, 'odp-failed'],
    ['a visitor id', { odp: silentOdp, vuid: { load: async () => null, current: rejects } }, 'vuid-failed'],
    ['the subscription to a config', { config: { ...config(), subscribe: rejects } }, 'config-failed'],
  ])('is reported when it rejects: %s', async (_, parts, code) => {
    const { codes, enabled } = await useParts(parts);
    expect(codes).toContain(code);
    expect(enabled).toBe(true);
  });

  it('is ignored when it is a logger', async () => {
    const logger = { debug: rejects, info: rejects, warn: rejects, error: rejects };
    expect((await useParts({ logger, events: undefined as never })).codes).toContain('no-event-sink');
  });

  it('counts nothing when it is asked for its counters', async () => {
    const odp = { fetchSegments: async () => [], configure: () => undefined, sendEvent: () => undefined };
    const { client } = await useParts({ odp: { ...odp, stats: rejects }, events: { record: rejects, stats: rejects } });
    expect(client.stats()).toMatchObject({ odp: null, events: { produced: 0 } });
  });
});

it('a config source that throws when it is subscribed to serves the config it has', async () => {
  const subscribe = () => {
    throw new Error('boom');
  };
  const { client, codes, enabled } = await useParts({ config: { ...config(), subscribe, problems: subscribe } });
  expect(codes).toEqual(['config-failed', 'config-failed', 'no-odp']);
  expect(enabled).toBe(true);
  expect(await client.close()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
});

describe('a config that cannot be evaluated', () => {
  const flags = {
    get: () => raise(),
    keys: () => [],
    values: () => [],
    [Symbol.iterator]: () => [][Symbol.iterator](),
  };
  const unreadable = { ...config().current(), flags } as never;
  const user = (problems: Problem[]) => {
    const source = { ...config(), current: () => unreadable };
    const client = createClient({ config: source, events: null, logger: false });
    client.on('problem', (problem) => problems.push(problem));
    return client.createUserContext('ada');
  };

  function raise(): never {
    throw new Error('boom');
  }

  it('makes error decisions that say why, and a problem of each', async () => {
    const problems: Problem[] = [];
    const ada = user(problems);
    const failed = { variationKey: null, enabled: false, reasons: ['Evaluating flag "checkout" failed: boom.'] };
    expect(ada.decide('checkout')).toMatchObject(failed);
    expect(await ada.decideAsync('checkout')).toMatchObject(failed);
    expect(problems).toMatchObject([
      { code: 'evaluation-failed', part: 'client', message: 'Evaluating flag "checkout" failed: boom.' },
      { code: 'evaluation-failed' },
    ]);
  });

  it('is explained as far as it came', () => {
    expect(user([]).explain('checkout')).toMatchObject({
      status: 'evaluation-failed',
      variationKey: null,
      steps: [{ code: 'evaluation-failed', flagKey: 'checkout', message: 'boom' }],
    });
  });
});

describe('[IN-05] what a caller passes that throws when it is read', () => {
  const unreadable = () => new Proxy({}, { get: rejectsToBeRead, ownKeys: rejectsToBeRead }) as never;
  const user = () => createClient({ config: config(), events: null, logger: false }).createUserContext('ada');

  function rejectsToBeRead(): never {
    throw new Error('trap');
  }

  it('is no target and no forced decision', () => {
    const ada = user();
    expect(ada.setForcedDecision(unreadable(), { variationKey: 'on' })).toBe(false);
    expect(ada.setForcedDecision({ flagKey: 'checkout' }, unreadable())).toBe(false);
    expect(ada.getForcedDecision(unreadable())).toBe(null);
    expect(ada.removeForcedDecision(unreadable())).toBe(false);
  });

  it('makes loading and fetching go on without it', async () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const ada = user();
    expect(await ada.load(unreadable())).toBe(undefined);
    expect(await ada.fetchQualifiedSegments(proxy as never)).toBe(false);
    expect(await ada.fetchQualifiedSegments(unreadable())).toBe(false);
  });

  it('is an attribute key as the text it can be shown as', () => {
    const ada = user();
    ada.setAttribute(Symbol('s') as never, 1);
    ada.setAttribute({ toString: null } as never, 2);
    expect(Object.values(ada.attributes)).toEqual([1, 2]);
  });
});

it('[DF-02] an audience condition that is no text at all has one in the project info', () => {
  const datafile = shopDatafile() as { experiments: object[] };
  const conditions = ['or', { toString: null }];
  const experiments = datafile.experiments.map((rule) => ({ ...rule, audienceConditions: conditions }));
  const source = createStaticConfig({ datafile: { ...datafile, experiments } });
  const info = createClient({ config: source, events: null, logger: false }).getProjectInfo();
  expect(info?.experiments.split_test?.audiences).toBe(`"${JSON.stringify({ toString: null })}"`);
});
