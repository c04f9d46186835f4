import type {
  ConversionEvent,
  EventSink,
  ImpressionEvent,
  Odp,
  Problem,
  Reason,
  SdkError,
  UserProfile,
} from '@sortition/core';
import { createStaticConfig } from '@sortition/datafile';
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import {
  bandits,
  checkedConfig,
  consoleLogger,
  createClient,
  decideAllAsync,
  decideAsync,
  decideForKeysAsync,
  explain,
  fetchQualifiedSegments,
  type LeanOptions,
  load,
  type Part,
  platform,
  projectInfo,
  reasonTexts,
  recordTo,
  sendOdpEvent,
  sticky,
} from '../src/index.ts';
import { shopProject } from './shop-project.ts';

function create(...parts: Part[]) {
  const problems: Problem[] = [];
  const client = createClient({ config: createStaticConfig({ datafile: shopProject() }), parts, logger: false });
  client.on('problem', (problem) => problems.push(problem));
  return { client, user: client.createUserContext('ada'), codes: () => problems.map(({ code }) => code) };
}

function createSink() {
  const recorded: (ImpressionEvent | ConversionEvent)[] = [];
  const sink: EventSink = { record: (event) => void recorded.push(event) };
  return { sink, recorded };
}

function createOdp(segments: readonly string[] = ['vip']) {
  const sent: unknown[] = [];
  const odp: Odp = {
    fetchSegments: async () => segments,
    sendEvent: (event) => void sent.push(event),
    configure: () => undefined,
  };
  return { odp, sent };
}

describe('a client without parts', () => {
  it('decides, and its reasons are data', () => {
    const { user } = create();
    const decision = user.decide('search', ['INCLUDE_REASONS']);
    expect(decision).toMatchObject({ variationKey: 'new', enabled: true, ruleKey: 'search_test' });
    expect(decision.reasons).toContainEqual({
      code: 'experiment-variation',
      userId: 'ada',
      ruleKey: 'search_test',
      variationKey: 'new',
    });
    expect(user.decide('unknown').reasons).toEqual([{ code: 'flag-not-found', flagKey: 'unknown' }]);
  });

  it('forces decisions, carries attributes and copies users', () => {
    const { user } = create();
    user.setAttribute('plan', 'gold');
    const copy = user.clone();
    user.setForcedDecision({ flagKey: 'search' }, { variationKey: 'old' });
    expect(user.decide('search').variationKey).toBe('old');
    expect(copy.decide('search').variationKey).toBe('new');
    expect(copy.toJSON()).toEqual({ userId: 'ada', attributes: { plan: 'gold' } });
  });

  it.each<[string, (created: ReturnType<typeof create>) => unknown, string]>([
    ['a conversion', ({ user }) => user.trackEvent('purchase'), 'no-event-sink'],
    [
      'a held impression',
      ({ user }) => user.trackImpression(user.decide('search', ['DISABLE_DECISION_EVENT'])),
      'no-event-sink',
    ],
    ['an ODP event', ({ client }) => sendOdpEvent(client, { action: 'seen' }), 'no-odp'],
    ['fetching segments', ({ user }) => fetchQualifiedSegments(user), 'no-odp'],
  ])('says that %s needs a part', async (_what, act, code) => {
    const created = create();
    await act(created);
    expect(created.codes()).toEqual([code]);
  });

  it('decides a bandit flag by its next rules, also asynchronously', async () => {
    const { user } = create();
    expect(await decideAsync(user, 'offer')).toMatchObject({ variationKey: null, enabled: false });
  });
});

describe('parts', () => {
  it('make texts of reasons, also in the decision event', () => {
    const { client, user } = create(reasonTexts);
    const heard: unknown[] = [];
    client.on('decision', ({ decisionInfo }) => heard.push(...decisionInfo.reasons));
    const text = 'User ada is in variation new of experiment search_test.';
    expect(user.decide('search', ['INCLUDE_REASONS']).reasons).toContain(text);
    expect(heard).toContain(text);
  });

  it('make texts of reasons where the flags are named, and data without the part', () => {
    const config = createStaticConfig({ datafile: shopProject() });
    const texts = createClient<{ search: { variations: 'new' | 'old' } }>({
      config,
      parts: [reasonTexts, recordTo(null)],
    });
    const data = createClient<{ search: { variations: 'new' | 'old' } }>({ config, parts: [recordTo(null)] });
    const decided = texts.createUserContext('ada').decide('search', ['INCLUDE_REASONS']);
    expectTypeOf(decided.reasons).toEqualTypeOf<readonly string[]>();
    expectTypeOf(decided.variationKey).toEqualTypeOf<'new' | 'old' | null>();
    expectTypeOf(data.createUserContext('ada').decide('search').reasons).toEqualTypeOf<readonly Reason[]>();
    expect(decided.reasons).toContain('User ada is in variation new of experiment search_test.');
  });

  it('record impressions and conversions', async () => {
    const { sink, recorded } = createSink();
    const { client, user } = create(recordTo(sink));
    user.decide('search');
    user.trackEvent('purchase', { revenue: 100 });
    expect(recorded).toMatchObject([
      { type: 'impression', flagKey: 'search', variationKey: 'new', clientName: 'sortition' },
      { type: 'conversion', eventKey: 'purchase', tags: { revenue: 100 } },
    ]);
    await client.close();
    user.trackEvent('purchase');
    expect(client.stats()).toMatchObject({ ignoredAfterClose: 1 });
  });

  it('name the client in events, with the version of the package', () => {
    const { sink, recorded } = createSink();
    create(recordTo(sink)).user.trackEvent('purchase');
    expect(recorded).toMatchObject([{ clientName: 'sortition', clientVersion: manifest.version }]);
  });

  it('keep assignments, in a plain store as well', () => {
    const saved: UserProfile[] = [];
    const lookup = (userId: string) => ({ user_id: userId, experiment_bucket_map: { 10: { variation_id: '102' } } });
    expect(create(sticky({ lookup })).user.decide('search').variationKey).toBe('old');
    create(sticky({ save: (profile) => void saved.push(profile) })).user.decide('search');
    expect(saved).toEqual([{ user_id: 'ada', experiment_bucket_map: { 10: { variation_id: '101' } } }]);
  });

  it('load profiles and segments for synchronous decisions', async () => {
    const lookup = async (userId: string) => ({
      user_id: userId,
      experiment_bucket_map: { 10: { variation_id: '102' } },
    });
    const { user, codes } = create(sticky({ lookup }), platform({ odp: createOdp().odp }));
    await load(user);
    expect(user.isQualifiedFor('vip')).toBe(true);
    expect(user.decideForKeys(['search', 'lounge'])).toMatchObject({
      search: { variationKey: 'old' },
      lounge: { variationKey: 'new' },
    });
    expect(codes()).toEqual([]);
  });

  it('predict what asynchronous decisions of bandits serve', async () => {
    const { user } = create(bandits({ predict: async () => ({ variationId: '202', cmabUuid: 'uuid' }) }));
    expect(await decideAsync(user, 'offer')).toMatchObject({ variationKey: 'old', ruleKey: 'offer_bandit' });
    expect(await decideForKeysAsync(user, ['offer'])).toMatchObject({ offer: { variationKey: 'old' } });
    expect(Object.keys(await decideAllAsync(user))).toEqual(['search', 'offer', 'lounge']);
  });

  it('fetch segments, send ODP events and bring the id of a visitor', async () => {
    const { odp, sent } = createOdp();
    const vuid = { load: async () => 'vuid_1', current: () => 'vuid_1' };
    const { client, user } = create(platform({ odp, vuid }));
    await client.ready();
    const heard: boolean[] = [];
    expect(await fetchQualifiedSegments(user, (success) => heard.push(success))).toBe(true);
    expect([heard, user.qualifiedSegments]).toEqual([[true], ['vip']]);
    sendOdpEvent(client, { action: 'seen' });
    expect(sent).toEqual([{ action: 'seen', type: undefined, identifiers: { vuid: 'vuid_1' }, data: {} }]);
    expect(client.createUserContext().userId).toBe('vuid_1');
  });

  it.each<[string, () => unknown, string]>([
    ['a sink without record', () => recordTo({} as EventSink), 'invalid-option'],
    ['a store without methods', () => sticky({}), 'invalid-option'],
    ['a store that is missing', () => sticky(null as never), 'invalid-option'],
    ['a timeout of 0', () => sticky({ lookup: () => null }, { timeoutMs: 0 }), 'invalid-option'],
    ['a source without predict', () => bandits({} as never), 'invalid-option'],
    ['an ODP part without methods', () => platform({ odp: {} as Odp }), 'invalid-option'],
    ['parts that are not functions', () => create({} as Part), 'invalid-option'],
    ['a part that answers nothing', () => create(() => undefined as never), 'invalid-option'],
    ['a part that answers a promise', () => create((async () => ({})) as never), 'invalid-option'],
    ['a function that makes parts in place of a part', () => create(platform as never), 'invalid-option'],
    ['a log level that does not exist', () => consoleLogger('warning' as never), 'invalid-option'],
    ['two stores', () => create(sticky({ lookup: () => null }), sticky({ lookup: () => null })), 'invalid-option'],
    ['a client without a config', () => createClient({} as LeanOptions), 'invalid-option'],
    ['a user that is not one', () => explain({} as never, 'search'), 'invalid-user'],
    ['a client that is not one', () => projectInfo({}), 'invalid-option'],
  ])('refuse %s', (_what, act, code) => {
    expect(act).toThrow(expect.objectContaining({ code }));
  });
});

describe('functions', () => {
  it('explain without consequences, and ask no store that might do I/O', () => {
    const { sink, recorded } = createSink();
    const lookups: string[] = [];
    const { client, user } = create(recordTo(sink), sticky({ lookup: (id) => void lookups.push(id) as never }));
    expect(explain(user, 'search')).toMatchObject({ flagKey: 'search', variationKey: 'new', revision: '7' });
    expect({ recorded, lookups, decisions: client.stats().decisions }).toEqual({
      recorded: [],
      lookups: [],
      decisions: 0,
    });
  });

  it('show the project, the same object until there is another config', () => {
    const { client } = create();
    expect(projectInfo(client)).toMatchObject({ revision: '7', flags: { search: { key: 'search' } } });
    expect(projectInfo(client)).toBe(projectInfo(client));
  });
});

describe('a config source of an application', () => {
  const good = createStaticConfig({ datafile: shopProject() }).current();
  const problem = { code: 'stale', part: 'config', message: 'Old.' } as const;

  const settle = () => new Promise((resolve) => setTimeout(resolve, 1));

  function raise(): never {
    throw new Error('the disk is gone');
  }

  /** A client on a source that is pushed by hand. */
  function push(current: unknown, members: object, ...parts: Part[]) {
    let listener: (change: unknown) => void = () => undefined;
    const config = {
      current: () => current,
      subscribe(told: typeof listener) {
        listener = told;
        return () => undefined;
      },
      ...members,
    } as never;
    const client = createClient({ config, parts, logger: false });
    const codes: string[] = [];
    client.on('problem', ({ code }) => codes.push(code));
    return { client, codes, user: client.createUserContext('ada'), tell: (change: unknown) => listener(change) };
  }

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['a text', 'config'],
    ['a config whose flags are a record', { ...good, flags: {} }],
  ])('is a problem when it delivers %s, with and without the check', (_what, delivered) => {
    for (const [parts, code] of [
      [[], 'config-failed'],
      [[checkedConfig], 'invalid-config'],
    ] as const) {
      const { client, codes, user, tell } = push(delivered, {}, ...parts);
      expect(codes).toEqual([code]);
      expect([client.isReady, user.decideAll()]).toEqual([false, {}]);
      tell({ type: 'config', config: good, problems: [problem] });
      tell({ type: 'config', config: delivered, problems: [] });
      tell(null);
      expect(codes).toEqual([code, 'stale', code, 'config-failed']);
      expect(user.decide('search').variationKey).toBe('new');
    }
  });

  it('serves a config whose problems the check cannot read', () => {
    const { codes, user, tell } = push(null, {}, checkedConfig);
    expect(user.decide('search').variationKey).toBeNull();
    tell({ type: 'config', config: good, problems: [problem, 5] });
    expect(codes).toEqual(['config-failed']);
    expect(user.decide('search').variationKey).toBe('new');
  });

  it.each<[string, () => unknown, readonly string[], (readonly string[])?]>([
    ['throw', () => raise(), ['config-failed']],
    ['are a promise that rejects', async () => raise(), ['config-failed']],
    ['are a promise', async () => [problem], [], ['config-failed']],
    ['are one problem', () => problem, [], ['config-failed']],
    ['are an object', () => ({}), [], ['config-failed']],
    ['are a set', () => new Set([problem]), [], ['config-failed']],
    ['are a text', () => 'x', [], ['config-failed']],
    ['are a thenable that throws', () => Object.defineProperty({}, 'then', { get: raise }), ['config-failed']],
    ['are null', () => null, []],
    ['are missing', () => undefined, []],
    ['have a null', () => [null], ['config-failed']],
    ['are a list', () => [problem, problem], ['stale', 'stale']],
  ])('serves a config whose problems %s, with and without the check', async (_what, find, plain, checked = plain) => {
    const unhandled: unknown[] = [];
    const note = (cause: unknown) => unhandled.push(cause);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    for (const [parts, expected] of [
      [[], plain],
      [[checkedConfig], checked],
    ] as const) {
      const revisions: string[] = [];
      const configured: Part<never> = () => ({ configure: ({ revision }) => void revisions.push(revision) });
      const updates: string[] = [];
      const { client, codes, user, tell } = push(good, { problems: find }, configured, ...parts);
      client.on('config-update', ({ revision }) => updates.push(revision));
      await settle();
      expect(codes).toEqual(expected);
      tell({
        type: 'config',
        config: { ...good, revision: '8' },
        get problems() {
          return find();
        },
      });
      await settle();
      expect(codes).toEqual([...expected, ...expected]);
      expect([revisions, updates, user.decide('search').variationKey]).toEqual([['7', '8'], ['8'], 'new']);
    }
    expect(unhandled).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['an object', { unsubscribe: () => undefined }],
    ['a promise', Promise.resolve(() => undefined)],
    ['a promise of nothing', Promise.resolve()],
  ])('is closed without a problem when subscribing to it answers %s', async (_what, answer) => {
    const { client, codes } = push(good, { subscribe: () => answer });
    await client.close();
    expect(codes).toEqual([]);
  });

  it('is no cause of a client that waits for a part', async () => {
    const waits: Part<never> = () => ({ ready: new Promise(() => undefined) });
    const { client } = push(good, { problems: () => [{ ...problem, cause: new Error('an entity') }] }, waits);
    const error: Error = await client.ready({ timeoutMs: 5 }).catch((reason) => reason);
    expect([(error as SdkError).code, error.cause]).toEqual(['not-ready', undefined]);
    expect(error.message).toBe('A part of the client was not ready after 5 ms.');
    await client.close();
    const closed = { code: 'closed', message: 'The client was closed before it was ready.' };
    await expect(client.ready()).rejects.toMatchObject(closed);
  });

  it.each<[string, unknown, object]>([
    ['throws when it is asked', null, { current: raise }],
    ['throws when it is subscribed to', null, { subscribe: raise }],
    ['delivers something else', 'config', {}],
    ['rejects', null, { current: async () => raise() }],
  ])('that %s is told as the cause of a client that does not become ready', async (_what, current, members) => {
    for (const parts of [[], [checkedConfig]]) {
      const { client } = push(current, members, ...parts);
      const error: Error = await client.ready({ timeoutMs: 5 }).catch((reason) => reason);
      expect(error).toMatchObject({ code: 'not-ready', cause: expect.anything() });
      expect(error.message).toMatch(/after 5 ms\. .*(failed|not a config).* Check/);
    }
  });

  it.each(['odp', undefined])('says what its source reported, also for a problem of the part %s', async (part) => {
    for (const parts of [[], [checkedConfig]]) {
      const { client, tell } = push(null, {}, ...parts);
      const told = { code: 'refused', part, message: 'The backend said no.' };
      tell({ type: 'problem', problem: told });
      const message = 'The client had no config after 5 ms. The backend said no. Check the SDK key and the network; it';
      await expect(client.ready({ timeoutMs: 5 })).rejects.toThrow(message);
    }
  });

  it('says why there is no config; the check adds the innermost cause', async () => {
    const cause = new Error('not read', { cause: new Error('the disk is gone') });
    for (const [parts, text] of [
      [[], 'Old. Check'],
      [[checkedConfig], 'Old. (the disk is gone) Check'],
    ] as const) {
      const { client, tell } = push(null, {}, ...parts);
      tell({ type: 'problem', problem: { ...problem, cause } });
      const failed = { code: 'not-ready', message: expect.stringContaining(text), cause };
      await expect(client.ready({ timeoutMs: 5 })).rejects.toMatchObject(failed);
    }
  });
});

describe('a part of an application', () => {
  it('is told of configs, users, flush and close, in that order', async () => {
    const told: unknown[] = [];
    const part: Part<never> = () => ({
      configure: ({ revision }) => void told.push(['config', revision]),
      user: (userId) => void told.push(['user', userId]),
      flush: async () => void told.push(['flush']),
      close: async () => ({ delivered: 1, dropped: 2, pending: 3 }),
      userId: () => 'from the part',
    });
    const { client } = create(part);
    client.createUserContext();
    await client.flush();
    expect(await client.close()).toEqual({ delivered: 1, dropped: 2, pending: 3 });
    const fromPart = ['user', 'from the part'];
    expect(told).toEqual([['config', '7'], ['user', 'ada'], fromPart, ['flush']]);
  });

  it('waits in flush for what goes on in the background', async () => {
    const told: string[] = [];
    const { client } = create((core) => {
      core.inBackground(new Promise((resolve) => setTimeout(resolve, 5)).then(() => told.push('settled')));
      const flush = async () => {
        await core.settled();
        told.push('flush');
        return undefined;
      };
      return { flush };
    });
    await client.flush();
    expect(told).toEqual(['settled', 'flush']);
  });

  it('makes the client wait until it is ready, however that ends', async () => {
    const { client } = create(() => ({ ready: Promise.reject(new Error('not there')) }));
    await expect(client.ready()).resolves.toBeUndefined();
    const waiting = create(() => ({ ready: new Promise(() => undefined) })).client;
    await expect(waiting.ready({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'not-ready' });
  });

  it('is closed once, also when it closes the client meanwhile', async () => {
    let closed = 0;
    const { client, codes } = create(() => ({
      close() {
        closed += 1;
        void client.close();
        return undefined;
      },
    }));
    await client.close();
    expect([closed, codes()]).toEqual([1, []]);
  });

  it.each<[string, () => unknown]>([
    ['a promise', async () => ({})],
    ['a promise that rejects', () => Promise.reject(new Error('no hooks'))],
    ['a list', () => []],
    ['nothing', () => undefined],
    ['a function', () => () => undefined],
  ])('that answers %s is refused, and nothing is left to reject', async (_what, part) => {
    const unhandled: unknown[] = [];
    const note = (cause: unknown) => unhandled.push(cause);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    expect(() => create(part as never, part as never)).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: 'A part of createClient must return an object of hooks, not a promise.',
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(unhandled).toEqual([]);
  });

  it('whose counters are a promise that rejects harms neither flush nor close', async () => {
    const unhandled: unknown[] = [];
    const note = (cause: unknown) => unhandled.push(cause);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    const { client } = create(() => ({ stats: () => Promise.reject(new Error('no counters')) as never }));
    await client.flush();
    await client.close();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(unhandled).toEqual([]);
  });

  it('that throws costs a problem and nothing else', async () => {
    const fails = (): never => {
      throw new Error('a part that throws');
    };
    const hooks = {
      configure: fails,
      user: fails,
      userId: fails,
      flush: fails,
      close: fails,
    };
    const { client, user, codes } = create(() => ({ ...hooks, stats: fails }));
    expect(user.decide('search').variationKey).toBe('new');
    expect(() => client.createUserContext()).toThrow(expect.objectContaining({ code: 'invalid-user' }));
    expect(await client.flush()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(await client.close()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
    expect(client.stats().decisions).toBe(1);
    expect(new Set(codes())).toEqual(new Set(['client-failed', 'delivery-incomplete']));
  });
});
