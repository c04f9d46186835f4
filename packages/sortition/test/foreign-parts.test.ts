/** Parts and callers that do what their types rule out: asynchronous where nobody waits, unreadable, of another kind. */
import { describe, expect, it } from 'vitest';
import { type ClientOptions, createClient, createStaticConfig, type Part, type Problem } from '../src/index.ts';
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
    ['a source of predictions', { cmab: { predict: rejects, attach: rejects } }, 'cmab-failed'],
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
  const { client, codes, enabled } = await useParts({ config: { ...config(), subscribe, watchProblems: subscribe } });
  expect(codes).toEqual(['config-failed', 'config-failed', 'no-odp']);
  expect(enabled).toBe(true);
  expect(await client.close()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
});

it('a config source is closed also when it cannot be unsubscribed from', async () => {
  let closed = 0;
  const subscribe = () => () => {
    throw new Error('boom');
  };
  const close = () => {
    closed += 1;
  };
  const { client } = await useParts({ config: { ...config(), subscribe, close } });
  await client.close();
  expect([closed, client.stats().problems['config-failed']]).toEqual([1, 1]);
});

it('a config that was put together by hand and lacks a part has no project info', () => {
  const { revision, flags, events, experiments } = config().current() ?? {};
  const current = () => ({ revision, flags, events, experiments }) as never;
  const client = createClient({ config: { ...config(), current }, events: null, logger: false });
  expect(client.getProjectInfo()).toBeNull();
});

describe('a config source that delivers no config', () => {
  const good = config().current();
  const { flags: _, ...withoutFlags } = good ?? {};
  const [problem] = [{ code: 'stale', part: 'config', message: 'Old.' }];
  const invalid = {
    code: 'invalid-config',
    part: 'config',
    message: expect.stringContaining('as parseDatafile makes it'),
  };
  const unread = { code: 'config-failed', part: 'config', message: '"change" of the part "config" failed.' };

  /** A client over a source that is pushed by hand, and what it reported. */
  function push(current: unknown) {
    let listener: (change: unknown) => void = () => undefined;
    const source = {
      current: () => current,
      subscribe: (told: typeof listener) => {
        listener = told;
        return () => undefined;
      },
    } as never;
    const client = createClient({ config: source, events: null, logger: false });
    const problems: Problem[] = [];
    client.on('problem', (told) => problems.push(told));
    return { client, problems, tell: (change: unknown) => listener(change) };
  }

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['the datafile', shopDatafile()],
    ['the datafile as text', JSON.stringify(shopDatafile())],
    ['a config without flags', withoutFlags],
    ['a config whose flags are a record', { ...good, flags: {} }],
    ['a config without lists', { ...good, experiments: undefined }],
    ['a promise', Promise.resolve(good)],
  ])('is not ready when that is %s, and nothing throws', async (_what, current) => {
    const { client, problems, tell } = push(current);
    expect(problems).toEqual([invalid]);
    expect(client.isReady).toBe(false);
    expect(client.getProjectInfo()).toBeNull();
    const ada = client.createUserContext('ada');
    expect(ada.decide('checkout')).toMatchObject({ enabled: false, variationKey: null });
    expect(ada.decideAll()).toEqual({});
    expect(await ada.decideAllAsync()).toEqual({});
    expect(() => ada.trackEvent('purchase')).not.toThrow();
    tell({ type: 'config', config: good, problems: [problem] });
    expect(problems.slice(-1)).toEqual([problem]);
    expect(ada.decide('checkout').enabled).toBe(true);
  });

  it.each<[string, unknown, object]>([
    ['an empty object as config', { type: 'config', config: {}, problems: [] }, invalid],
    ['null as config', { type: 'config', config: null, problems: [] }, invalid],
    ['null', null, unread],
    ['a text', 'config', unread],
    ['a problem that is none', { type: 'problem', problem: 5 }, unread],
    ['neither a config nor a problem', {}, unread],
  ])('keeps the last good config when it pushes %s', (_what, change, expected) => {
    const { client, problems, tell } = push(good);
    expect(() => tell(change)).not.toThrow();
    expect(problems).toMatchObject([expected]);
    expect(client.createUserContext('ada').decide('checkout').enabled).toBe(true);
    expect(client.getProjectInfo()?.revision).toBe('42');
  });

  it.each([
    () => {
      throw new Error('boom');
    },
    rejects,
  ])('is not ready, with a problem, when it fails instead', async (current) => {
    const { client, codes } = await useParts({ config: { ...config(), current } });
    expect(codes).toContain('config-failed');
    expect(client.isReady).toBe(false);
  });
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

  it('makes flushing, closing and waiting go on without it', async () => {
    const nothing = { delivered: 0, dropped: 0, pending: 0 };
    const client = createClient({ config: config(), events: null, logger: false });
    const symbol = { timeoutMs: Symbol('s') } as never;
    for (const options of [null as never, unreadable(), 5 as never, symbol]) {
      expect(await client.flush(options)).toEqual(nothing);
      const closing = createClient({ config: config(), events: null, logger: false });
      expect(await closing.close(options)).toEqual(nothing);
      expect(await client.ready(options)).toBe(undefined);
    }
  });

  it.each([5, 'stop', true, {}])('is refused as the signal of a client that waits: %j', async (signal) => {
    const silent = { current: () => null, subscribe: () => () => undefined };
    const client = createClient({ config: silent, events: null, logger: false });
    const message = expect.stringContaining('"signal"');
    await expect(client.ready({ signal: signal as never })).rejects.toMatchObject({ code: 'invalid-option', message });
    await client.close();
  });

  it('is an attribute key as the text it can be shown as', () => {
    const ada = user();
    ada.setAttribute(Symbol('s') as never, 1);
    ada.setAttribute({ toString: null } as never, 2);
    expect(Object.values(ada.attributes)).toEqual([1, 2]);
  });
});

it.each([
  ['a text', 'x'],
  ['a negative number', -1],
  ['no number', Number.NaN],
  ['without end', Number.POSITIVE_INFINITY],
  ['null', null],
])('a sink that reports a count that is %s delivered nothing', async (_what, delivered) => {
  const flush = async () => ({ delivered, dropped: 2, pending: 0 }) as never;
  const { client } = await useParts({ events: { record: () => undefined, flush } });
  expect(await client.flush()).toEqual({ delivered: 0, dropped: 2, pending: 0 });
});

it('[DF-02] an audience condition that is no text at all has one in the project info', () => {
  const datafile = shopDatafile() as { experiments: object[] };
  const conditions = ['or', { toString: null }];
  const experiments = datafile.experiments.map((rule) => ({ ...rule, audienceConditions: conditions }));
  const source = createStaticConfig({ datafile: { ...datafile, experiments } });
  const info = createClient({ config: source, events: null, logger: false }).getProjectInfo();
  expect(info?.experiments.split_test?.audiences).toBe(`"${JSON.stringify({ toString: null })}"`);
});

it('a part of the application is given users, the config and the end of the client with every feature', async () => {
  const told: string[] = [];
  const part: Part<never> = () => ({
    configure: ({ revision }) => void told.push(`config ${revision}`),
    user: (userId) => void told.push(`user ${userId}`),
    close: async () => void told.push('close') as undefined,
  });
  const { client, enabled, codes } = await useParts({ parts: [part] });
  await client.close();
  expect([enabled, told, codes]).toEqual([
    true,
    [`config ${client.getProjectInfo()?.revision}`, 'user ada', 'close'],
    ['no-odp'],
  ]);
});
