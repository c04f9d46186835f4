import {
  createUserSnapshot,
  type DecisionOutcome,
  decide,
  isSdkError,
  type ProjectConfig,
  withSegments,
} from '@sortition/core';
import { describe, expect, it } from 'vitest';
import { checkDatafile, createPollingConfig, createStaticConfig, parseDatafile, readWhenNeeded } from '../src/index.ts';

type Json = Record<string, unknown>;

const variation = (id: string, parts: Json = {}): Json => ({
  id,
  key: `variation_${id}`,
  featureEnabled: true,
  ...parts,
});

const rule = (id: string, parts: Json = {}): Json => ({
  id,
  key: `rule_${id}`,
  status: 'Running',
  layerId: `layer_${id}`,
  variations: [variation(`${id}1`)],
  trafficAllocation: [{ entityId: `${id}1`, endOfRange: 10_000 }],
  audienceIds: [],
  forcedVariations: {},
  ...parts,
});

const flag = (key: string, experimentIds: readonly string[], parts: Json = {}): Json => ({
  id: `flag_${key}`,
  key,
  experimentIds,
  rolloutId: '',
  variables: [],
  ...parts,
});

/** Two flags: `a` gets what the test is about, `other` has to go on serving. */
function datafile(parts: Json = {}): Json {
  return {
    version: '4',
    accountId: '1',
    projectId: '2',
    revision: '3',
    featureFlags: [flag('a', ['1']), flag('other', ['9'])],
    experiments: [rule('1'), rule('9')],
    rollouts: [],
    groups: [],
    typedAudiences: [],
    events: [],
    ...parts,
  };
}

const ada = createUserSnapshot('ada', { age: 30 });
const decideIn = (config: ProjectConfig, key = 'a'): DecisionOutcome => decide(config, ada, key);
const served = (config: ProjectConfig, key = 'a'): string | null => decideIn(config, key).variation?.key ?? null;

describe('references to what is not there', () => {
  const dummy = [variation('off', { key: 'off', featureEnabled: false })];

  it.each<[string, Json, string, string | null]>([
    [
      'a flag to an experiment',
      { featureFlags: [flag('a', ['gone', '1']), flag('other', ['9'])] },
      'experiment "gone"',
      'variation_11',
    ],
    [
      'a flag to a rollout',
      { featureFlags: [flag('a', [], { rolloutId: 'gone' }), flag('other', ['9'])] },
      'rollout "gone"',
      null,
    ],
    [
      'a rule to an audience',
      { experiments: [rule('1', { audienceConditions: ['not', 'gone'] }), rule('9')] },
      'audience "gone"',
      null,
    ],
    [
      'traffic to a variation',
      { experiments: [rule('1', { trafficAllocation: [{ entityId: 'gone', endOfRange: 10_000 }] }), rule('9')] },
      'variation "gone"',
      null,
    ],
    [
      'a group to an experiment',
      {
        groups: [
          { id: 'g', policy: 'random', trafficAllocation: [{ entityId: 'gone', endOfRange: 10_000 }], experiments: [] },
        ],
      },
      'experiment "gone"',
      'variation_11',
    ],
    [
      'an event to an experiment',
      { events: [{ id: 'e', key: 'bought', experimentIds: ['gone'] }] },
      'experiment "gone"',
      'variation_11',
    ],
    [
      'a local holdout to a rule',
      { localHoldouts: [rule('h', { variations: dummy, trafficAllocation: [], includedRules: ['gone'] })] },
      'rule "gone"',
      'variation_11',
    ],
  ])('[DF-01] from %s are listed, and everything else serves', (_name, parts, named, expected) => {
    const { config, problems } = parseDatafile(datafile(parts));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'dangling-reference', part: 'datafile' });
    expect(problems[0]?.message).toContain(named);
    expect([served(config), served(config, 'other')]).toEqual([expected, 'variation_91']);
  });
});

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  '__defineGetter__',
  '__lookupGetter__',
  'isPrototypeOf',
  'propertyIsEnumerable',
];

const PROTOTYPES_BEFORE = [Reflect.ownKeys(Object.prototype), Reflect.ownKeys(Array.prototype)];

describe('names that Object.prototype has', () => {
  const exists = (name: string): Json => ({ type: 'custom_attribute', name, match: 'exists' });

  /** A datafile as text, because an object literal cannot have an own `__proto__`. */
  const parse = (parts: Json): ProjectConfig => parseDatafile(JSON.stringify(datafile(parts))).config;

  const POSITIONS: Readonly<Record<string, (name: string) => unknown>> = {
    'a flag key': (name) => served(parse({ featureFlags: [flag(name, ['1'])] }), name),
    'an experiment id': (name) =>
      served(
        parse({
          featureFlags: [flag('a', [name])],
          experiments: [
            rule(name, { variations: [variation('11')], trafficAllocation: [{ entityId: '11', endOfRange: 10_000 }] }),
          ],
        }),
      ),
    'an experiment key': (name) => served(parse({ experiments: [rule('1', { key: name })] })),
    'a variation id': (name) =>
      served(
        parse({
          experiments: [
            rule('1', {
              variations: [variation(name, { key: 'variation_11' })],
              trafficAllocation: [{ entityId: name, endOfRange: 10_000 }],
            }),
          ],
        }),
      ),
    'a variation key': (name) =>
      served(parse({ experiments: [rule('1', { variations: [variation('11', { key: name })] })] })) === name &&
      'variation_11',
    'a variable': (name) => {
      const variables = [{ id: name, key: name, type: 'string', defaultValue: 'default' }];
      const variations = [variation('11', { variables: [{ id: name, value: 'own' }] })];
      const outcome = decideIn(
        parse({ featureFlags: [flag('a', ['1'], { variables })], experiments: [rule('1', { variations })] }),
      );
      return Object.entries(outcome.variables).flat().join() === `${name},own` && outcome.variation?.key;
    },
    'an attribute nobody has': (name) => {
      const config = parse({
        experiments: [rule('1', { audienceIds: ['x'] })],
        typedAudiences: [{ id: 'x', name, conditions: ['not', exists(name)] }],
      });
      return served(config);
    },
    'an attribute': (name) => {
      const config = parse({
        experiments: [rule('1', { audienceIds: ['x'] })],
        typedAudiences: [{ id: 'x', name, conditions: ['or', exists(name)] }],
      });
      return decide(config, createUserSnapshot('ada', JSON.parse(`{"${name}":1}`)), 'a').variation?.key;
    },
    'an audience': (name) =>
      served(
        parse({
          experiments: [rule('1', { audienceConditions: ['or', name] })],
          typedAudiences: [{ id: name, name, conditions: ['not', exists('gone')] }],
        }),
      ),
    'a group': (name) => {
      const traffic = [{ entityId: '1', endOfRange: 10_000 }];
      return served(
        parse({
          experiments: [],
          groups: [{ id: name, policy: 'random', trafficAllocation: traffic, experiments: [rule('1')] }],
        }),
      );
    },
    'a rollout': (name) =>
      served(
        parse({
          featureFlags: [flag('a', [], { rolloutId: name })],
          rollouts: [{ id: name, experiments: [rule('1')] }],
        }),
      ),
    'a user of an allow-list': (name) => {
      const forcedVariations = JSON.parse(`{"${name}":"variation_11"}`);
      const config = parse({ experiments: [rule('1', { forcedVariations, trafficAllocation: [] })] });
      return decide(config, createUserSnapshot(name), 'a').variation?.key;
    },
    'an event': (name) => {
      const config = parse({ events: [{ id: 'e', key: name, experimentIds: [] }] });
      return config.events.get(name)?.id === 'e' && served(config);
    },
    'a holdout': (name) => served(parse({ holdouts: [rule('h', { key: name })] })) === 'variation_h1' && 'variation_11',
    'a segment': (name) => {
      const conditions = [
        'or',
        { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: name },
      ];
      const config = parse({
        experiments: [rule('1', { audienceIds: ['x'] })],
        typedAudiences: [{ id: 'x', name, conditions }],
      });
      const held = decide(config, ada, 'a').variation === null;
      return held && decide(config, withSegments(ada, new Set([name])), 'a').variation?.key;
    },
  };

  for (const [position, check] of Object.entries(POSITIONS)) {
    it.each(NAMES)(`[DF-03] %s is an ordinary name for ${position}`, (name) => {
      expect(check(name)).toBe('variation_11');
      expect([Reflect.ownKeys(Object.prototype), Reflect.ownKeys(Array.prototype)]).toEqual(PROTOTYPES_BEFORE);
    });
  }

  it.each(NAMES)('[DF-03] %s looked up where nobody is called so finds nothing', (name) => {
    const config = parse({});
    expect([decide(config, ada, name).status, config.events.get(name), config.attributes.get(name)]).toEqual([
      'flag-not-found',
      undefined,
      undefined,
    ]);
    const sticky = { get: (id: string) => (id === '1' ? name : undefined) };
    expect(decide(config, ada, 'a', { stored: sticky }).variation?.key).toBe('variation_11');
    const forcedDecisions = new Map([['a', new Map([[null, name]])]]);
    expect(decide(config, { ...ada, forcedDecisions }, 'a').variation?.key).toBe('variation_11');
  });

  it('[DF-03] __proto__ inside a document sets no prototype', () => {
    const text = JSON.stringify(datafile()).replace('{', '{"__proto__":{"polluted":true},');
    expect(served(parseDatafile(text).config)).toBe('variation_11');
    expect(({} as Json).polluted).toBeUndefined();
  });
});

describe('objects instead of text', () => {
  const codeOf = (input: unknown): string => {
    try {
      createStaticConfig({ datafile: input as object });
      return 'accepted';
    } catch (error) {
      return isSdkError(error) ? error.code : `not an SdkError: ${error}`;
    }
  };

  it('[DF-05] cycles are refused', () => {
    const direct = datafile();
    direct.self = direct;
    const deep = datafile();
    (deep.experiments as Json[])[0]!.audienceConditions = ['and', deep.experiments];
    const through = datafile({ featureFlags: [] as unknown[] });
    (through.featureFlags as unknown[]).push(through.featureFlags);
    expect([direct, deep, through].map(codeOf)).toEqual(['invalid-datafile', 'invalid-datafile', 'invalid-datafile']);
  });

  it('[DF-05] flags, rollouts and holdouts that name each other end', () => {
    const { config } = parseDatafile(
      datafile({
        featureFlags: [flag('a', ['1', '1', '1'], { rolloutId: 'r' }), flag('other', ['9'], { rolloutId: 'r' })],
        rollouts: [{ id: 'r', experiments: [rule('1'), rule('1')] }],
        localHoldouts: [rule('h', { trafficAllocation: [], includedRules: ['h', '1'] })],
        typedAudiences: [{ id: 'x', name: 'x', conditions: ['and', 'x', 'x'] }],
      }),
    );
    expect([served(config), served(config, 'other')]).toEqual(['variation_11', 'variation_91']);
  });

  it('[DF-06] later changes by the caller have no effect', () => {
    const mine = datafile();
    const source = createStaticConfig({ datafile: mine });
    (mine.featureFlags as unknown[]).length = 0;
    mine.revision = 'changed';
    expect([source.current()?.revision, served(source.current() as ProjectConfig)]).toEqual(['3', 'variation_11']);
  });

  it('[DF-06] the caller is not changed: a deeply frozen datafile is read', () => {
    const freeze = (value: unknown): unknown => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const fr = rule('1', { type: 'fr', trafficAllocation: [] });
    const frozen = freeze(
      datafile({
        featureFlags: [flag('a', ['1'], { rolloutId: 'r' })],
        experiments: [fr],
        rollouts: [{ id: 'r', experiments: [rule('8')] }],
      }),
    );
    expect(served(parseDatafile(frozen as object).config)).toBe('variation_81');
  });

  it.each<[string, (datafile: object) => ProjectConfig | null | undefined]>([
    ['createStaticConfig', (given) => createStaticConfig({ datafile: given }).current()],
    ['readWhenNeeded', (given) => createStaticConfig({ datafile: given, reading: readWhenNeeded }).current()],
    ['createPollingConfig', (given) => createPollingConfig({ sdkKey: 'key', datafile: given }).current()],
    ['parseDatafile', (given) => parseDatafile(given).config],
    ['checkDatafile', (given) => void checkDatafile(given)],
  ])('[DF-06] a getter is read once by %s', (_name, read) => {
    let reads = 0;
    const counting = {
      ...datafile(),
      get revision() {
        reads += 1;
        return `revision ${reads}`;
      },
    };
    const revision = read(counting)?.revision ?? 'revision 1';
    expect([revision, reads]).toEqual(['revision 1', 1]);
  });

  it('[DF-06] a getter that throws refuses the datafile', () => {
    const throwing = {
      ...datafile(),
      get experiments(): never {
        throw new Error('no');
      },
    };
    expect(codeOf(throwing)).toBe('invalid-datafile');
  });

  it('[DF-06] a proxy is copied or refused, never kept', () => {
    const proxy = new Proxy(datafile(), {});
    expect(served(createStaticConfig({ datafile: proxy }).current() as ProjectConfig)).toBe('variation_11');
    const refusing = new Proxy(datafile(), {
      ownKeys() {
        throw new Error('no');
      },
    });
    expect(codeOf(refusing)).toBe('invalid-datafile');
    const { proxy: revoked, revoke } = Proxy.revocable(datafile(), {});
    revoke();
    expect(codeOf(revoked)).toBe('invalid-datafile');
  });
});

describe('keys and ids that come twice', () => {
  it.each<[string, Json, string]>([
    ['flags', { featureFlags: [flag('a', ['9']), flag('a', ['1'])] }, 'Flag "a"'],
    ['experiments', { experiments: [rule('1', { key: 'first' }), rule('9'), rule('1')] }, 'Experiment "1"'],
    [
      'variation keys',
      {
        experiments: [rule('1', { variations: [variation('0', { key: 'variation_11' }), variation('11')] }), rule('9')],
      },
      'variation_11',
    ],
    [
      'attributes',
      {
        attributes: [
          { id: 'x', key: 'age' },
          { id: 'y', key: 'age' },
        ],
      },
      'Attribute "age"',
    ],
    [
      'events',
      {
        events: [
          { id: 'x', key: 'bought', experimentIds: [] },
          { id: 'y', key: 'bought', experimentIds: [] },
        ],
      },
      'Event "bought"',
    ],
  ])('[DF-07] of %s the last counts, and that is listed', (_name, parts, named) => {
    const { config, problems } = parseDatafile(datafile(parts));
    expect(problems.map(({ code }) => code)).toEqual(['duplicate-key']);
    expect(problems[0]?.message).toContain(named);
    expect([decideIn(config).rule?.key, served(config)]).toEqual(['rule_1', 'variation_11']);
  });
});

describe('conditions that are nested too deeply', () => {
  const nested = (depth: number): string => `${'["and",'.repeat(depth)}"x"${']'.repeat(depth)}`;

  it.each([101, 1_000, 100_000])(
    '[DF-04] %i levels in a datafile keep the audience unknown and nothing else',
    (depth) => {
      const text = JSON.stringify(
        datafile({
          experiments: [rule('1', { audienceConditions: 'DEEP' }), rule('9')],
          typedAudiences: [{ id: 'x', name: 'x', conditions: 'DEEP' }],
          audiences: [{ id: 'y', name: 'y', conditions: nested(depth) }],
        }),
      ).replaceAll('"DEEP"', nested(depth));
      const { config } = parseDatafile(text);
      expect([served(config), served(config, 'other')]).toEqual([null, 'variation_91']);
    },
  );
});
