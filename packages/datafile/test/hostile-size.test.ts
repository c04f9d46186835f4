/** Datafiles that repeat and nest everything: reading them must cost what their size costs, and no more. */
import { createUserSnapshot, decide } from '@sortition/core';
import { startChild } from '@sortition/rig';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseDatafile } from '../src/index.ts';

type Json = Record<string, unknown>;

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const variation = (id: string): Json => ({ id, key: id, featureEnabled: true });
const range = (entityId: string, endOfRange = 10_000): Json => ({ entityId, endOfRange });
const rule = (id: string, parts: Json = {}): Json => ({
  id,
  key: id,
  status: 'Running',
  layerId: 'l',
  variations: [variation('v')],
  trafficAllocation: [range('v')],
  audienceIds: [],
  forcedVariations: {},
  ...parts,
});
const flag = (key: string, parts: Json = {}): Json => ({
  id: key,
  key,
  experimentIds: [],
  rolloutId: '',
  variables: [],
  ...parts,
});
const datafile = (parts: Json): Json => ({ version: '4', revision: '1', accountId: '1', projectId: '1', ...parts });
const nested = (depth: number, open: string, leaf: string, close: string): unknown =>
  `RAW${open.repeat(depth)}${leaf}${close.repeat(depth)}RAW`;
const toText = (document: Json): string =>
  JSON.stringify(document).replace(/"RAW(.*?)RAW"/g, (_, raw: string) => raw.replaceAll('\\"', '"'));

/** Each is a datafile that grows linearly with `n`. */
const SHAPES: Readonly<Record<string, (n: number) => Json>> = {
  'a feature rollout named again and again': (n) => ({
    experiments: [rule('f', { type: 'fr', trafficAllocation: [] })],
    featureFlags: [flag('a', { experimentIds: times(4 * n, () => 'f'), rolloutId: 'r' })],
    rollouts: [{ id: 'r', experiments: [rule('e')] }],
  }),
  'a feature rollout of many ranges, named by many flags with deliveries of their own': (n) => ({
    experiments: [rule('f', { type: 'fr', trafficAllocation: times(n, () => range('v', 0)) })],
    featureFlags: times(n, (index) => flag(`a${index}`, { experimentIds: ['f'], rolloutId: `r${index}` })),
    rollouts: times(n, (index) => ({ id: `r${index}`, experiments: [rule(`e${index}`)] })),
  }),
  'one rule of many ranges, named again and again': (n) => ({
    experiments: [rule('x', { trafficAllocation: times(n, (index) => range('v', index)) })],
    featureFlags: [flag('a', { experimentIds: times(4 * n, () => 'x') })],
  }),
  'many ranges that name the last of many variations': (n) => ({
    experiments: [
      rule('x', {
        variations: times(n, (index) => variation(`v${index}`)),
        trafficAllocation: times(n, (index) => range(`v${n - 1}`, index)),
      }),
    ],
    featureFlags: [flag('a', { experimentIds: ['x'] })],
  }),
  'a long key and many references that lead nowhere': (n) => ({
    featureFlags: [flag('k'.repeat(20 * n), { experimentIds: times(n, (index) => `gone ${index}`) })],
  }),
  'local holdouts that name one rule again and again': (n) => ({
    experiments: [rule('x')],
    featureFlags: [flag('a', { experimentIds: ['x'] })],
    localHoldouts: times(4, (index) => rule(`h${index}`, { includedRules: times(n, () => 'x') })),
  }),
  'variations of one key': (n) => ({ experiments: [rule('x', { variations: times(n, () => variation('v')) })] }),
  'flags, experiments, groups and events of one id': (n) => ({
    featureFlags: times(n, () => flag('a')),
    experiments: times(n, () => rule('x')),
    groups: times(n, () => ({
      id: 'g',
      policy: 'random',
      trafficAllocation: [range('gone')],
      experiments: [rule('x')],
    })),
    events: times(n, () => ({ id: 'e', key: 'e', experimentIds: ['gone'] })),
  }),
  'conditions that are wide, deep and not valid': (n) => ({
    experiments: [rule('x', { audienceConditions: times(n, () => ({ toString: 1, valueOf: 1 })) })],
    featureFlags: [flag('a', { experimentIds: ['x'] })],
    typedAudiences: [
      { id: 'a', name: 'a', conditions: times(n, () => ({ type: 'custom_attribute', name: { toString: 1 } })) },
      { id: 'b', name: 'b', conditions: [{ type: 'custom_attribute', name: 'n', value: nested(n, '[', '1', ']') }] },
      { id: 'c', name: 'c', conditions: nested(n, '["and",', '"x"', ']') },
    ],
  }),
};

/** Objects and slots that can be reached, each counted once. */
function countReachable(root: unknown): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [root];
  let count = 0;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const parts = value instanceof Map ? [...value.values()] : Object.values(value);
    count += 1 + parts.length;
    for (const part of parts) waiting.push(part);
  }
  return count;
}

function parseTimed(text: string): { ms: number; reachable: number; messages: number } {
  const start = performance.now();
  const { config, problems } = parseDatafile(text);
  const ms = performance.now() - start;
  const messages = problems.reduce((sum, { message }) => sum + message.length, 0);
  return { ms, reachable: countReachable(config), messages };
}

describe('a small hostile datafile', () => {
  it.each(Object.entries(SHAPES))('[DF-13] costs what its size costs: %s', (_name, build) => {
    const small = toText(datafile(build(250)));
    const large = toText(datafile(build(4_000)));
    const [first, last] = [parseTimed(small), parseTimed(large)];
    const growth = large.length / small.length;
    expect(last.reachable).toBeLessThan(1.5 * growth * first.reachable + 100);
    expect(last.messages).toBeLessThan(10_000);
    // Ten times what a linear reading takes on a busy machine; a quadratic one takes many seconds.
    expect(last.ms).toBeLessThan(2_000);
  });

  it('[DF-13] grows a config no faster than its bytes, whatever is repeated in it', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'gone');
    const ids = fc.array(id, { maxLength: 40 });
    const rules = fc.array(
      fc.record({ id, type: fc.constantFrom('fr', 'a/b'), ranges: ids, variations: ids, conditions: ids }),
      { maxLength: 12 },
    );
    const toRule = (given: {
      id: string;
      type: string;
      ranges: string[];
      variations: string[];
      conditions: string[];
    }) =>
      rule(given.id, {
        type: given.type,
        variations: given.variations.map(variation),
        trafficAllocation: given.ranges.map((entityId) => range(entityId)),
        audienceConditions: ['or', ...given.conditions],
      });
    const flags = fc.array(fc.record({ key: id, experimentIds: ids, rolloutId: id }), { maxLength: 12 });
    fc.assert(
      fc.property(rules, flags, rules, rules, ids, (experiments, featureFlags, deliveries, holdouts, includedRules) => {
        const text = toText(
          datafile({
            experiments: experiments.map(toRule),
            featureFlags: featureFlags.map(({ key, ...parts }) => flag(key, parts)),
            rollouts: ['a', 'b'].map((rolloutId) => ({ id: rolloutId, experiments: deliveries.map(toRule) })),
            holdouts: holdouts.map(toRule),
            localHoldouts: holdouts.map((given) => ({ ...toRule(given), includedRules })),
          }),
        );
        const { config, problems } = parseDatafile(text);
        expect(countReachable(config)).toBeLessThan(text.length / 2 + 200);
        expect(problems.length).toBeLessThan(100);
        for (const key of ['a', 'b', 'c']) decide(config, createUserSnapshot('ada'), key);
      }),
      { numRuns: 300 },
    );
  });

  it('[DF-13] is decided within memory proportional to its size, whatever names whatever how often', async () => {
    const n = 2_000;
    const documents = Object.values(SHAPES).map((build) => toText(datafile(build(n))));
    documents.push(
      // A rollout of many deliveries that many flags share, and a group with many ranges and many experiments.
      toText(
        datafile({
          featureFlags: times(n, (index) => flag(`a${index}`, { rolloutId: 'r' })),
          rollouts: [{ id: 'r', experiments: times(n, (index) => rule(`e${index}`)) }],
          holdouts: times(n, (index) => rule(`h${index}`, { status: 'Paused' })),
        }),
      ),
      toText(
        datafile({
          featureFlags: times(n, (index) => flag(`a${index}`, { experimentIds: [`x${index}`] })),
          groups: [
            {
              id: 'g',
              policy: 'random',
              trafficAllocation: times(n, (index) => range(`x${index}`, index)),
              experiments: times(n, (index) => rule(`x${index}`)),
            },
          ],
        }),
      ),
    );
    const child = await startChild({
      resolveDir: import.meta.dirname,
      nodeOptions: ['--max-old-space-size=96'],
      code: `
        import { createUserSnapshot, decide } from '@sortition/core';
        import { parseDatafile } from '../src/index.ts';
        const user = createUserSnapshot('ada');
        for (const text of ${JSON.stringify(documents)}) {
          const { config } = parseDatafile(text);
          for (const key of config.flags.keys()) decide(config, user, key);
        }
        console.log('end');
      `,
    });
    onTestFinished(() => child.signal('SIGKILL'));
    expect(await child.line('end')).toBe('end');
  }, 60_000);

  it('[DF-13] has a feature rollout completed once for each variation, however often it is named', () => {
    const build = SHAPES['a feature rollout named again and again'] as (n: number) => Json;
    const completed = parseDatafile(datafile(build(100))).config.rules.get('f');
    expect([completed?.variations.length, completed?.trafficRanges.length]).toEqual([2, 1]);
  });

  it('[DF-13] asks each global holdout once for a user, however many flags are decided', () => {
    const keys = times(50, (index) => `a${index}`);
    const { config } = parseDatafile(
      datafile({
        featureFlags: keys.map((key) => flag(key)),
        holdouts: times(20, (index) => rule(`h${index}`, { trafficAllocation: [range('gone', 5_000)] })),
      }),
    );
    for (const userId of ['ada', 'bob']) {
      let hashed = 0;
      const user = new Proxy(createUserSnapshot(userId), {
        get(target, property) {
          if (property === 'bucketingId' || property === 'hashPrefix') hashed += 1;
          return Reflect.get(target, property);
        },
      });
      decide(config, user, 'a0');
      const once = hashed;
      // Each holdout buckets the user, also the second one: what the first came to is not taken for another user.
      expect(once).toBeGreaterThanOrEqual(20);
      for (const key of keys) decide(config, user, key);
      expect(hashed).toBe(once);
    }
  });

  it('[DF-14] with leaves that cannot be turned into text still decides its flags, and the leaf is met by no user', () => {
    const leaf = { toString: 1, valueOf: 1 };
    const conditions = [{ type: 'custom_attribute', name: leaf, match: leaf, value: leaf }];
    const segments = [{ type: 'third_party_dimension', name: leaf, match: 'qualified', value: leaf }];
    const { config, problems } = parseDatafile(
      datafile({
        experiments: [
          rule('w', { audienceConditions: ['or', 's'] }),
          rule('x', { audienceConditions: ['or', leaf] }),
          rule('y', { audienceConditions: ['or', leaf, 'c'] }),
          rule('z', { audienceConditions: ['or', 'b'] }),
        ],
        featureFlags: [flag('a', { experimentIds: ['w', 'x', 'y'] }), flag('b', { experimentIds: ['z'] })],
        typedAudiences: [
          { id: 's', name: 's', conditions: segments },
          { id: 'b', name: 'b', conditions },
          { id: 'c', name: 'c', conditions: [{ type: 'custom_attribute', name: 'plan', match: 'exists' }] },
        ],
      }),
    );
    const ada = createUserSnapshot('ada', { plan: 'pro' });
    for (const trace of [undefined, { reasons: [], audiences: [] }]) {
      const input = { trace };
      expect(['a', 'b'].map((key) => decide(config, ada, key, input).rule?.key ?? null)).toEqual(['y', null]);
    }
    expect(problems).toEqual([]);
  });

  it('[DF-14] with values that are nested 20,000 deep has them replaced by conditions that no user meets', () => {
    const value = nested(20_000, '[', '1', ']');
    const text = toText(
      datafile({
        experiments: [rule('x', { audienceConditions: ['or', { value }] }), rule('y', { audienceIds: ['a'] })],
        featureFlags: [flag('a', { experimentIds: ['x', 'y'] })],
        typedAudiences: [{ id: 'a', name: 'a', conditions: ['not', { type: 'custom_attribute', name: 'n', value }] }],
      }),
    );
    const { config, problems } = parseDatafile(text);
    expect(decide(config, createUserSnapshot('ada', { n: 1 }), 'a').rule).toBeNull();
    expect(problems.map(({ code }) => code)).toEqual(['conditions-too-deep', 'conditions-too-deep']);
    expect(JSON.stringify([...config.rules.values(), ...config.audiences.values()]).length).toBeLessThan(2_000);
  });
});
