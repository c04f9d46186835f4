import { type Problem, type ProjectConfig, SdkError } from '@sortition/core';
import { indexVariations } from '@sortition/core/internal';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createStaticConfig, datafileCheck, parseDatafile, readWhenNeeded } from '../src/index.ts';

const variation = (id: string, more: object = {}) => ({ id, key: `key-${id}`, featureEnabled: true, ...more });

const rule = (id: string, more: object = {}) => ({
  id,
  key: `rule-${id}`,
  status: 'Running',
  layerId: `layer-${id}`,
  variations: [variation(`${id}a`), variation(`${id}b`, { variables: [{ id: 'v1', value: '7' }] })],
  trafficAllocation: [
    { entityId: `${id}a`, endOfRange: 5_000 },
    { entityId: `${id}b`, endOfRange: 10_000 },
  ],
  audienceIds: [],
  forcedVariations: {},
  ...more,
});

const flag = (key: string, more: object = {}) => ({
  id: `id-${key}`,
  key,
  experimentIds: [],
  rolloutId: '',
  variables: [{ id: 'v1', key: 'size', type: 'integer', defaultValue: '3' }],
  ...more,
});

const leaf = { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' };

/** Everything that is read in more than one way. */
function project(more: object = {}) {
  return {
    version: '4',
    revision: 12,
    projectId: '1',
    accountId: '2',
    typedAudiences: [
      { id: '1', name: 'typed', conditions: ['or', leaf] },
      { id: '2', name: 'segment', conditions: ['or', { ...leaf, match: 'qualified', value: 'vip' }] },
    ],
    audiences: [
      { id: '1', name: 'replaced', conditions: 'not read' },
      {
        id: '3',
        name: 'legacy',
        conditions: '["and",{"type":"custom_attribute","name":"age","match":"ge","value":18}]',
      },
      { id: '3', name: 'legacy twice, broken', conditions: '[' },
      { id: '4', name: 'broken', conditions: '{' },
    ],
    experiments: [
      rule('10', { audienceConditions: ['or', '1', '3'] }),
      rule('11', { forcedVariations: { ada: 'key-11a' } }),
      rule('12', { cmab: { attributeIds: ['6'], trafficAllocation: 4_000 }, trafficAllocation: null }),
      rule('13', { type: 'fr' }),
      // Takes over a variation of an earlier rule, and fails to take over another.
      rule('14', { variations: [variation('10a', { featureEnabled: false }), { id: '11a', key: '' }] }),
    ],
    groups: [{ id: '90', policy: 'random', trafficAllocation: [], experiments: [rule('15')] }],
    rollouts: [{ id: '20', experiments: [rule('21'), rule('22', { variations: [variation('22a')] })] }],
    featureFlags: [
      flag('one', { experimentIds: ['10', '11', '13'], rolloutId: '20' }),
      flag('two', {
        experimentIds: ['15'],
        variables: [{ id: 'v2', key: 'json', type: 'string', subType: 'json', defaultValue: '{}' }],
      }),
      flag('7', { rolloutId: '20' }),
    ],
    holdouts: [rule('30', { variations: [variation('10b')] })],
    localHoldouts: [rule('31', { includedRules: ['10'] })],
    attributes: [{ id: '6', key: 'plan' }],
    events: [{ id: '7', key: 'bought', experimentIds: ['10'] }],
    integrations: [{ key: 'odp', host: 'https://odp.test', publicKey: 'k' }],
    ...more,
  };
}

const MAPS = ['audiences', 'rules', 'rollouts', 'flags', 'groups', 'localHoldouts', 'attributes', 'events'] as const;

/** A config as plain data, with the order of its maps. */
function plain(config: ProjectConfig): unknown {
  const { variations: _, ...rest } = config;
  const maps = MAPS.map((name) => [...config[name]]);
  return { ...rest, ...Object.fromEntries(MAPS.map((name, at) => [name, maps[at]])), experiments: config.experiments };
}

/** Asks the config of a source for single entities, in the given order, before anything reads all of them. */
function expectSameAsParsed(datafile: object, isReversed = false) {
  const parsed = parseDatafile(datafile);
  const source = createStaticConfig({ datafile, check: datafileCheck, reading: readWhenNeeded });
  const config = source.current() as ProjectConfig;
  const order = <T>(list: Iterable<T>) => (isReversed ? [...list].reverse() : [...list]);
  for (const [id, found] of order(indexVariations(parsed.config))) expect(config.variations?.get(id)).toEqual(found);
  for (const name of MAPS) {
    const entries: ReadonlyMap<string, unknown> = parsed.config[name];
    for (const [key, value] of order(entries)) expect(config[name].get(key)).toEqual(value);
  }
  expect(plain(config)).toEqual(plain(parsed.config));
  for (const name of MAPS) expect(config[name].size).toBe(parsed.config[name].size);
  expect(config.experiments[0]).toBe(config.rules.get(config.experiments[0]?.id ?? '') ?? config.experiments[0]);
  expect(source.problems?.()).toEqual(parsed.problems);
}

describe('a config whose entities are read when they are needed', () => {
  it.each([false, true])(
    'answers what a parsed datafile answers, whatever is asked for first (last: %s)',
    (isReversed) => {
      expectSameAsParsed(project(), isReversed);
      expectSameAsParsed(project({ audiences: [], holdouts: [], localHoldouts: [] }), isReversed);
    },
  );

  it('answers the same for datafiles that were damaged anywhere', () => {
    const junk = fc.constantFrom<unknown>(null, 0, '', 'x', [], {}, true, [null], ['not'], { id: '10' });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (edits, isReversed) => {
          const damaged = structuredClone(project()) as Record<string, unknown>;
          for (const [at, value] of edits) damage(damaged, at, value);
          expectSameAsParsed(damaged, isReversed);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('finds an entity of a name that a prototype has only if the datafile has it', () => {
    const config = createStaticConfig({ datafile: project(), reading: readWhenNeeded }).current();
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect(config?.flags.get(key)).toBeUndefined();
      expect(config?.rules.has(key)).toBe(false);
      expect(config?.variations?.get(key)).toBeUndefined();
    }
  });

  it('is read through a proxy, too', () => {
    const config = createStaticConfig({ datafile: project(), reading: readWhenNeeded }).current() as ProjectConfig;
    const seen = new Proxy(config, {});
    expect([seen.experiments.length, Object.create(config).experiments, { ...config }.experiments]).toEqual([
      config.experiments.length,
      config.experiments,
      config.experiments,
    ]);
  });

  it('refuses at once what is not a datafile', () => {
    for (const datafile of ['{', '[]', '{"version":"5"}'])
      expect(() => createStaticConfig({ datafile, reading: readWhenNeeded })).toThrow(SdkError);
  });
});

describe('problems of a datafile whose entities are read when they are needed', () => {
  const whole = { audiences: [], experiments: [rule('10'), rule('11')], groups: [] };
  const broken = { ...whole, experiments: [rule('10'), rule('11', { variations: [{ id: 'x' }] })] };

  function watch(more: object) {
    const source = createStaticConfig({ datafile: project(more), check: datafileCheck, reading: readWhenNeeded });
    const told: (readonly Problem[])[] = [];
    const watch = source.watchProblems?.((problems) => told.push(problems));
    return {
      config: source.current(),
      told,
      find: watch?.search,
      leave: watch?.leave,
      all: parseDatafile(project(more)).problems,
    };
  }

  it('are told at once when a broken entity is read, and once', async () => {
    const { config, told, find, all } = watch(broken);
    expect(config?.rules.get('10')?.variations).toHaveLength(2);
    expect(told).toEqual([]);
    expect(config?.rules.get('11')?.variations).toEqual([]);
    expect(told).toEqual([all]);
    await find?.();
    expect(told).toHaveLength(1);
  });

  it.each([
    ['a rule', { experiments: [rule('10', { id: 5 })] }],
    ['a flag', { featureFlags: [{ ...flag('one'), key: 5 }] }],
    ['an audience', { typedAudiences: [{ id: 5, conditions: [] }] }],
  ])('are told when the first entity is asked for and %s lacks what it is found by', (_what, more) => {
    const { config, told, all } = watch({ ...whole, ...more });
    expect(told).toEqual([]);
    config?.flags.get('another');
    expect(told).toEqual([all]);
  });

  it('are found by looking through all of it, not within the call that asks for it', async () => {
    const { told, find, all } = watch(broken);
    const looking = find?.();
    expect(told).toEqual([]);
    await looking;
    expect(told).toEqual([all]);
    expect(all.map(({ code }) => code)).toContain('dangling-reference');
  });

  it('are not told to a client that left', async () => {
    const { told, find, leave } = watch(broken);
    leave?.();
    await find?.();
    expect(told).toEqual([]);
  });

  it('are looked for when a page is idle', async () => {
    const idle: (() => void)[] = [];
    vi.stubGlobal('requestIdleCallback', (run: () => void) => idle.push(run));
    const { told, find, all } = watch(broken);
    const looking = find?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([told, idle.length]).toEqual([[], 1]);
    idle[0]?.();
    await looking;
    expect(told).toEqual([all]);
    vi.unstubAllGlobals();
  });
});

/** Replaces the value at the position of a walk through all values. */
function damage(root: Record<string, unknown>, at: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: Record<string, unknown>): void => {
    for (const [key, child] of Object.entries(node)) {
      if (node === root && key === 'version') continue;
      places.push([node, key]);
      if (typeof child === 'object' && child !== null) visit(child as Record<string, unknown>);
    }
  };
  visit(root);
  const [holder, key] = places[at % places.length] as [Record<string, unknown>, string];
  // A copy: a later edit may damage it, too.
  holder[key] = structuredClone(value);
}
