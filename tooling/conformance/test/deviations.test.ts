import { parseDatafile } from '@sortition/datafile';
import {
  type ClientOptions,
  createBatchEvents,
  createClient,
  createStaticConfig,
  type Decision,
  type UserContext,
} from 'sortition';
import { describe, expect, it } from 'vitest';
import { DEVIATIONS, type DeviationId } from '../src/deviation-table.ts';
import { createOfficialClient, type OfficialUser, sdk } from '../src/official-client.ts';
import { flag, rule, smallDatafile, targetedDatafile, variation } from './small-datafile.ts';

const REASONS = ['INCLUDE_REASONS'] as const;

interface Setup {
  readonly datafile: object;
  readonly attributes?: object;
  readonly profiles?: object;
}

function officialUser({ datafile, attributes, profiles }: Setup): OfficialUser {
  const client = createOfficialClient(datafile, profiles && { userProfileService: profiles as never });
  return client.createUserContext('ada', attributes as never);
}

function ourUser({ datafile, attributes, profiles }: Setup): UserContext {
  const options: ClientOptions = { config: createStaticConfig({ datafile }), events: null, logger: false };
  return createClient({ ...options, profiles: profiles as never }).createUserContext('ada', attributes);
}

/** What a call returned, or that it threw. */
function outcome<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    return `threw ${(error as Error).name}`;
  }
}

/** The same question to both sides. */
function both<T>(setup: Setup, ask: (user: UserContext) => T): { official: T | string; ours: T | string } {
  return {
    official: outcome(() => ask(officialUser(setup) as unknown as UserContext)),
    ours: outcome(() => ask(ourUser(setup))),
  };
}

const variationOf = (user: UserContext, key = 'a'): string | null => user.decide(key).variationKey;
const reasonsOf = (user: UserContext): readonly string[] => user.decide('a', REASONS).reasons;

const plain = smallDatafile({ featureFlags: [flag('a', ['1'])], experiments: [rule('1', ['11', '12'])] });
const isOne = { type: 'custom_attribute', name: 'x', match: 'exact', value: 1 };
const exists = (name: string) => ({ type: 'custom_attribute', name, match: 'exists' });

/** A request as it is sent. */
interface Sent {
  readonly url: string;
  readonly text: string;
  readonly body: { visitors: { snapshots: [{ events: [{ value?: unknown; tags?: unknown }] }] }[] };
}

const tracked = smallDatafile({ events: [{ id: 'e', key: 'purchase', experimentIds: [] }] });

/** Tracks an event on both sides and answers what `look` sees of the requests. */
async function sendBoth(
  datafile: object,
  userId: string,
  tags: Record<string, unknown>,
  look: (sent: Sent) => unknown,
): Promise<{ official: unknown; ours: unknown }> {
  const see = (url: unknown, text: string): unknown => look({ url: String(url), text, body: JSON.parse(text) });
  let official: unknown;
  const eventProcessor = sdk.createForwardingEventProcessor({
    dispatchEvent: async ({ url, params }) => {
      official = outcome(() => see(url, JSON.stringify(params)));
      return { statusCode: 200 };
    },
  });
  const client = createOfficialClient(datafile, { eventProcessor });
  client.createUserContext(userId).trackEvent('purchase', { ...tags } as never);
  let ours: unknown;
  const events = createBatchEvents({
    fetch: async (url, init) => {
      ours = see(url, String(init?.body));
      return new Response(null, { status: 204 });
    },
  });
  const our = createClient({ config: createStaticConfig({ datafile }), events, logger: false });
  our.createUserContext(userId).trackEvent('purchase', tags);
  await our.close();
  return { official, ours };
}

const SHOW: Record<DeviationId, () => unknown> = {
  D1: () => {
    const experiments = [rule('1', ['11'], { key: 'k' }), rule('2', ['21'], { key: 'k', status: 'Paused' })];
    const shown = both({ datafile: smallDatafile({ featureFlags: [flag('a', ['1'])], experiments }) }, variationOf);
    expect(shown).toEqual({ official: null, ours: 'variation_11' });
  },
  D2: () => {
    const shown = both({ datafile: targetedDatafile([isOne]), attributes: { x: 1 } }, variationOf);
    expect(shown).toEqual({ official: null, ours: 'variation_11' });
  },
  D3: () => {
    const holdouts = [rule('h', ['off'], { key: 'held' })];
    const shown = both({ datafile: { ...plain, holdouts } }, (user) => reasonsOf(user).at(-1));
    expect(shown).toEqual({
      official: 'User ada is in variation held of holdout variation_off.',
      ours: 'User ada is in variation variation_off of holdout held.',
    });
  },
  D4: () => {
    const attributes = { $opt_bucketing_id: 'other' };
    expect(both({ datafile: plain, attributes }, (user) => reasonsOf(user)[2])).toEqual({
      official: 'Assigned bucket 9435 to user with bucketing ID ada.',
      ours: 'Assigned bucket 9435 to user with bucketing ID other.',
    });
  },
  D6: () => {
    const shown = both({ datafile: plain }, (user) => {
      user.setForcedDecision({ flagKey: 'a' }, { variationKey: 'variation_11' });
      user.decide('a').userContext.setForcedDecision({ flagKey: 'a' }, { variationKey: 'variation_12' });
      return user.getForcedDecision({ flagKey: 'a' })?.variationKey;
    });
    expect(shown).toEqual({ official: 'variation_12', ours: 'variation_11' });
  },
  D12: () => {
    const broken = [
      { ...plain, featureFlags: [flag('a', ['unknown', '1'])] },
      { ...plain, featureFlags: [flag('a', ['1']), flag('b', [], { variables: undefined })] },
      { ...plain, audiences: [{ id: '9', name: 'broken', conditions: '[' }] },
    ];
    for (const datafile of broken) {
      expect(both({ datafile }, variationOf)).toEqual({ official: null, ours: 'variation_11' });
    }
  },
  D13: () => {
    const nullEntry = { datafile: plain, attributes: { $opt_experiment_bucket_map: { 1: null } } };
    expect(both(nullEntry, variationOf)).toEqual({ official: 'threw TypeError', ours: 'variation_11' });
    const unknownGroup = { ...plain, experiments: [rule('1', ['11'], { groupId: 'unknown' })] };
    expect(both({ datafile: unknownGroup }, variationOf)).toEqual({
      official: 'threw OptimizelyError',
      ours: 'variation_11',
    });
    const noRules = smallDatafile({ featureFlags: [flag('a', [], { rolloutId: 'r' })], rollouts: [{ id: 'r' }] });
    expect(both({ datafile: noRules }, variationOf)).toEqual({ official: 'threw TypeError', ours: null });
  },
  D15: () => {
    const variables = [{ id: 'v', key: 'size', type: 'integer', defaultValue: 'large' }];
    const datafile = smallDatafile({ featureFlags: [flag('a', [], { variables })] });
    expect(both({ datafile }, (user) => user.decide('a').variables)).toEqual({
      official: { size: null },
      ours: { size: null },
    });
    expect(both({ datafile }, (user) => user.decide('a').reasons)).toEqual({
      official: [],
      ours: ['Variable value for key "size" is invalid or wrong type.'],
    });
  },
  D20: async () => {
    const saved: string[] = [];
    const store = (name: string) => ({
      lookup: async () => null,
      save: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        saved.push(name);
      },
    });
    const official = createOfficialClient(plain, { userProfileServiceAsync: store('official') as never });
    await official.createUserContext('ada').decideAsync('a', []);
    await ourUser({ datafile: plain, profiles: store('ours') }).decideAsync('a');
    expect(saved).toContain('ours');
    await expect.poll(() => saved).toContain('official');
  },
  'prototype-keys': () => {
    const decideConstructor = (user: UserContext) => user.decide('constructor').reasons;
    expect(both({ datafile: plain }, decideConstructor)).toEqual({
      official: 'threw TypeError',
      ours: ['No flag was found for key "constructor".'],
    });
    const datafile = targetedDatafile(['or', exists('toString')]);
    expect(both({ datafile }, variationOf)).toEqual({ official: 'variation_11', ours: null });
  },
  'shared-feature-rollout': () => {
    const datafile = smallDatafile({
      featureFlags: [flag('a', ['1']), flag('b', ['1'], { rolloutId: 'r' })],
      experiments: [rule('1', ['11'], { type: 'fr', trafficAllocation: [] })],
      rollouts: [{ id: 'r', experiments: [rule('2', ['21'])] }],
    });
    expect(both({ datafile }, variationOf)).toEqual({ official: 'variation_21', ours: 'variation_21' });
    const forced = both({ datafile }, (user) => {
      user.setForcedDecision({ flagKey: 'a' }, { variationKey: 'variation_21' });
      return reasonsOf(user)[0];
    });
    expect(forced).toEqual({
      official: 'Invalid variation is mapped to flag (a) and user (ada) in the forced decision map.',
      ours: 'Variation (variation_21) is mapped to flag (a) and user (ada) in the forced decision map.',
    });
  },
  'attribute-types': () => {
    const datafile = targetedDatafile(['or', exists('x')]);
    for (const x of [{}, [], () => 1, 10n, Symbol('x')]) {
      expect(both({ datafile, attributes: { x } }, variationOf)).toEqual({ official: 'variation_11', ours: null });
    }
  },
  'undefined-attribute': () => {
    const shown = both({ datafile: plain, attributes: { x: undefined } }, variationOf);
    expect(shown).toEqual({ official: 'threw Error', ours: 'variation_11' });
  },
  'bucket-map-attribute': () => {
    const attributes = { x: 1, $opt_experiment_bucket_map: { 1: { variation_id: '12' } } };
    expect(both({ datafile: plain, attributes }, variationOf)).toEqual({
      official: 'variation_12',
      ours: 'variation_12',
    });
    expect(officialUser({ datafile: plain, attributes }).decide('a').userContext.getAttributes()).toEqual(attributes);
    expect(ourUser({ datafile: plain, attributes }).decide('a').userContext.attributes).toEqual({ x: 1 });
  },
  'numeric-variation-id': () => {
    const attributes = { $opt_experiment_bucket_map: { 1: { variation_id: 12 } } };
    expect(both({ datafile: plain, attributes }, variationOf)).toEqual({
      official: 'variation_12',
      ours: 'variation_11',
    });
  },
  'reused-variation-id': () => {
    const variables = [{ id: 'v', key: 'text', type: 'string', defaultValue: '' }];
    const of = (key: string) => [variation('x', { key, variables: [{ id: 'v', value: key }] })];
    const datafile = smallDatafile({
      featureFlags: [flag('a', ['1'], { variables })],
      experiments: [rule('1', ['x'], { variations: of('first') }), rule('2', ['x'], { variations: of('first') })],
    });
    expect(both({ datafile }, (user) => user.decide('a').variables)).toEqual({
      official: { text: 'first' },
      ours: { text: 'first' },
    });
    const other = {
      ...datafile,
      experiments: [
        rule('1', ['x'], { variations: of('first'), forcedVariations: { ada: 'first' } }),
        rule('2', ['x'], { variations: of('last') }),
      ],
    };
    expect(both({ datafile: other }, (user) => user.decide('a').variables)).toEqual({
      official: { text: 'last' },
      ours: { text: 'first' },
    });
  },
  'wrong-types': () => {
    const numbered = { ...plain, featureFlags: [flag('a', ['1']), flag(5 as never, ['1'])] };
    expect(both({ datafile: numbered }, (user) => Object.keys(user.decideAll()))).toEqual({
      official: ['5', 'a'],
      ours: ['a'],
    });
    expect(parseDatafile(numbered).problems).toHaveLength(1);
  },
  'empty-variation-key': () => {
    const variations = [variation('11', { key: '' })];
    const datafile = { ...plain, experiments: [rule('1', ['11'], { variations })] };
    expect(both({ datafile }, (user) => reasonsOf(user).slice(3, 4))).toEqual({
      official: ['User ada is in variation  of experiment rule_1.'],
      ours: ['Bucketed into an invalid variation ID. Returning null.'],
    });
    expect(both({ datafile }, (user) => user.decide('a').ruleKey)).toEqual({ official: null, ours: null });
    expect(parseDatafile(datafile).problems[0]?.message).toContain('expected "key" to be a string that is not empty');
  },
  'feature-enabled-type': () => {
    const variations = [variation('11', { featureEnabled: 'yes' })];
    const datafile = { ...plain, experiments: [rule('1', ['11'], { variations })] };
    expect(both({ datafile }, (user) => user.decide('a').enabled)).toEqual({ official: 'yes', ours: true });
  },
  'depth-cap': () => {
    const nested = (depth: number): unknown => (depth === 0 ? isOne : ['and', nested(depth - 1)]);
    const at = (depth: number) => ({ datafile: targetedDatafile(nested(depth)), attributes: { x: 1 } });
    expect(both(at(100), variationOf)).toEqual({ official: 'variation_11', ours: 'variation_11' });
    expect(both(at(101), variationOf)).toEqual({ official: 'variation_11', ours: null });
  },
  'version-length': () => {
    const datafile = targetedDatafile(['or', { type: 'custom_attribute', name: 'x', match: 'semver_ge', value: '1' }]);
    const of = (length: number) => ({ datafile, attributes: { x: `2-${'x'.repeat(length - 2)}` } });
    expect(both(of(65_536), variationOf)).toEqual({ official: 'variation_11', ours: 'variation_11' });
    expect(both(of(65_537), variationOf)).toEqual({ official: 'variation_11', ours: null });
  },
  'repeated-key': () => {
    const shown = both({ datafile: plain }, (user) => user.decideForKeys(['a', 'a'], REASONS).a?.reasons.length);
    expect(shown).toEqual({ official: 1, ours: 4 });
  },
  'answer-order': () => {
    const shown = both({ datafile: plain }, (user) => Object.keys(user.decideForKeys(['a', 'unknown'])));
    expect(shown).toEqual({ official: ['unknown', 'a'], ours: ['a', 'unknown'] });
  },
  'not-ready': () => {
    const config = { current: () => null, subscribe: () => () => undefined };
    const ours = createClient({ config, events: null, logger: false }).createUserContext('ada');
    const official = createOfficialClient({ version: 'none' }).createUserContext('ada');
    expect(official.decideForKeys(['a'])).toEqual({});
    expect(ours.decideForKeys(['a']).a?.reasons).toEqual(['Optimizely SDK not configured properly yet.']);
  },
  'absent-revision': () => {
    const { revision, ...datafile } = plain;
    expect(both({ datafile: { ...plain, revision } }, variationOf)).toEqual({
      official: 'variation_11',
      ours: 'variation_11',
    });
    expect(both({ datafile }, variationOf)).toEqual({ official: null, ours: 'variation_11' });
    expect(both({ datafile }, (user) => reasonsOf(user).slice(0, 1)).official).toEqual([
      'Optimizely SDK not configured properly yet.',
    ]);
    expect(parseDatafile(datafile).config.revision).toBe('');
  },
  'async-sharing': async () => {
    const datafile = smallDatafile({
      featureFlags: [flag('a', ['9', '1']), flag('b', ['1'])],
      experiments: [rule('9', ['91'], { status: 'Paused' }), rule('1', ['11'])],
    });
    const sticky = (decisions: Readonly<Record<string, Decision | undefined>>): string[] =>
      Object.values(decisions).flatMap((decision) =>
        decision?.reasons.some((text) => text.startsWith('Returning previously')) ? [decision.flagKey] : [],
      );
    const official = await officialUser({ datafile }).decideForKeysAsync(['a', 'b'], [...REASONS] as never);
    const ours = await ourUser({ datafile }).decideForKeysAsync(['a', 'b'], REASONS);
    expect({ official: sticky(official as never), ours: sticky(ours) }).toEqual({ official: ['a'], ours: ['b'] });
  },
  'lookup-reason': () => {
    const profiles = {
      lookup: () => {
        throw new Error('down');
      },
      save: () => undefined,
    };
    expect(both({ datafile: plain, profiles }, (user) => reasonsOf(user)[0])).toEqual({
      official: 'Evaluating audiences for experiment "rule_1": [].',
      ours: 'Error while looking up user profile for user ID "ada": down.',
    });
  },
  'unread-profile': () => {
    const saved: string[] = [];
    const store = (side: string) => ({
      lookup: () => {
        throw new Error('down');
      },
      save: () => saved.push(side),
    });
    officialUser({ datafile: plain, profiles: store('official') }).decide('a');
    ourUser({ datafile: plain, profiles: store('ours') }).decide('a');
    expect(saved).toEqual(['official']);
  },
  'second-lookup': async () => {
    const lookups = { official: 0, ours: 0 };
    const store = (side: 'official' | 'ours') => ({
      lookup: async () => {
        lookups[side] += 1;
        return null;
      },
      save: async () => undefined,
    });
    const official = createOfficialClient(plain, { userProfileServiceAsync: store('official') as never });
    await official.createUserContext('ada').decideAsync('a', []);
    await ourUser({ datafile: plain, profiles: store('ours') }).decideAsync('a');
    expect(lookups.official).toBe(1);
    expect(lookups.ours).toBeGreaterThanOrEqual(1);
    expect(lookups.ours).toBeLessThanOrEqual(2);
  },
  D23: async () => {
    const value = (sent: Sent): unknown => sent.body.visitors[0]?.snapshots[0].events[0].value;
    expect(await sendBoth(tracked, 'ada', { value: true }, value)).toEqual({ official: true, ours: undefined });
  },
  'lone-surrogates': async () => {
    const id = (sent: Sent): unknown => sent.text.match(/"visitor_id":"([^"]*)"/)?.[1];
    expect(await sendBoth(tracked, 'a\ud800', {}, id)).toEqual({ official: 'a\\ud800', ours: 'a\ufffd' });
  },
  'region-case': async () => {
    const host = (sent: Sent): unknown => new URL(sent.url).host;
    expect(await sendBoth({ ...tracked, region: 'eu' }, 'ada', {}, host)).toEqual({
      official: 'logx.optimizely.com',
      ours: 'eu.logx.optimizely.com',
    });
  },
  'unsendable-tags': async () => {
    const tags = (sent: Sent): unknown => sent.body.visitors[0]?.snapshots[0].events[0].tags;
    expect(await sendBoth(tracked, 'ada', { big: 1n, kept: 1 }, tags)).toEqual({
      official: 'threw TypeError',
      ours: { kept: 1 },
    });
  },
};

describe('deviations from the official SDK', () => {
  for (const { id, source, ours } of DEVIATIONS) it(`${id} (${source}): ${ours}`, async () => void (await SHOW[id]()));

  it('every row is named once', () => {
    expect(new Set(DEVIATIONS.map(({ id }) => id)).size).toBe(DEVIATIONS.length);
  });
});
