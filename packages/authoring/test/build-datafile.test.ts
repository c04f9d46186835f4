import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  all,
  any,
  audience,
  buildDatafile,
  condition,
  type Definition,
  double,
  type EventsOf,
  expectEveryBranch,
  expectSplit,
  expectVariation,
  experiment,
  type FlagsOf,
  flag,
  group,
  holdout,
  imported,
  importedRule,
  inSegment,
  not,
  rollout,
  variables,
} from '../src/index.ts';
import * as shop from './shop.flags.ts';

interface Rule {
  readonly id: string;
  readonly key: string;
  readonly trafficAllocation: readonly { readonly entityId: string; readonly endOfRange: number }[];
  readonly variations: readonly { readonly id: string; readonly key: string }[];
}

interface Datafile {
  readonly revision: string;
  readonly featureFlags: readonly {
    readonly id: string;
    readonly key: string;
    readonly variables: readonly object[];
  }[];
  readonly experiments: readonly Rule[];
  readonly groups: readonly { readonly experiments: readonly Rule[] }[];
  readonly rollouts: readonly { readonly experiments: readonly Rule[] }[];
  readonly typedAudiences: readonly { readonly conditions: unknown }[];
  readonly attributes: readonly { readonly key: string }[];
}

/** A flag with one experiment. */
function split(shares: { a?: number; b?: number; c?: number }, parts: object = {}): Definition {
  return flag('f', { variations: { a: {}, b: {}, c: {} }, rules: [experiment('e', { split: shares, ...parts })] });
}

function build(definitions: readonly Definition[], previous?: object) {
  const { datafile, moves } = buildDatafile(definitions, { previous });
  return { datafile: datafile as unknown as Datafile, moves };
}

describe('buildDatafile', () => {
  it('writes flags, rules, audiences, groups, holdouts and events of a module', () => {
    const { datafile, moves } = buildDatafile(shop);
    expect(moves).toEqual([]);
    expect(datafile).toMatchObject({
      version: '4',
      revision: '1',
      featureFlags: [{ key: 'checkout' }, { key: 'search' }, { key: 'recommendations' }],
      experiments: [{ key: 'checkout_redesign', forcedVariations: { 'qa-robot': 'express' } }],
      groups: [{ policy: 'random', experiments: [{ key: 'search_ranking' }, { key: 'recommendation_engine' }] }],
      holdouts: [{ key: 'this_quarter' }],
      rollouts: [{ experiments: [{ key: 'checkout_everyone_classic' }] }],
      attributes: [{ key: 'plan' }],
      events: [{ key: 'purchase' }],
    });
  });

  it('is the same when it is built again, and has the next revision when something changed', () => {
    const first = build([split({ a: 50, b: 50 })]);
    const again = build([split({ a: 50, b: 50 })], first.datafile);
    expect(again.datafile).toEqual(first.datafile);
    expect(build([split({ a: 40, b: 40 })], first.datafile).datafile.revision).toBe('2');
  });

  it('keeps the ids of the datafile before, and gives new entities ids that follow from their keys', () => {
    const { datafile } = build([split({ a: 100 })]);
    const changed = { ...datafile, featureFlags: datafile.featureFlags.map((entry) => ({ ...entry, id: 'own' })) };
    expect(build([split({ a: 100 })], changed).datafile.featureFlags[0]?.id).toBe('own');
    expect(build([split({ a: 100 })]).datafile.featureFlags[0]?.id).toBe(datafile.featureFlags[0]?.id);
  });

  it('moves no user when shares grow', () => {
    const { datafile } = build([split({ a: 10, b: 10 })]);
    const grown = build([split({ a: 30, b: 20, c: 10 })], datafile);
    expect(grown.moves).toEqual([]);
    const owner = (rule: Rule | undefined, bucket: number) =>
      rule?.trafficAllocation.find(({ endOfRange }) => bucket < endOfRange)?.entityId;
    for (let bucket = 0; bucket < 2_000; bucket += 1) {
      expect(owner(grown.datafile.experiments[0], bucket)).toBe(owner(datafile.experiments[0], bucket));
    }
  });

  it('says how many move when a share shrinks, and when a rule is gone', () => {
    const { datafile } = build([split({ a: 50, b: 50 })]);
    expect(build([split({ a: 60, b: 40 })], datafile).moves).toEqual([
      { flagKey: 'f', ruleKey: 'e', movedShare: 10, reason: 'split' },
    ]);
    const gone = flag('f', { variations: { a: {} } });
    expect(build([gone], datafile).moves).toMatchObject([{ ruleKey: 'e', movedShare: 100, reason: 'removed' }]);
  });

  it('builds the rules of an environment', () => {
    const { datafile } = buildDatafile(shop, { environment: 'staging' });
    expect(datafile).toMatchObject({ environmentKey: 'staging' });
    expect(JSON.stringify(datafile.rollouts)).toContain('search_everyone_on');
  });

  it('writes each type of variable as text', () => {
    const { datafile } = build([
      flag('f', {
        variables: variables({ text: 'a', on: true, count: 4, share: 0.5, rate: double(1), data: { a: [1] } }),
        variations: { v: { data: { a: [2] } } },
      }),
    ]);
    expect(datafile.featureFlags[0]?.variables).toMatchObject([
      { key: 'text', type: 'string', defaultValue: 'a' },
      { key: 'on', type: 'boolean', defaultValue: 'true' },
      { key: 'count', type: 'integer', defaultValue: '4' },
      { key: 'share', type: 'double', defaultValue: '0.5' },
      { key: 'rate', type: 'double', defaultValue: '1' },
      { key: 'data', type: 'string', subType: 'json', defaultValue: '{"a":[1]}' },
    ]);
  });

  it('writes conditions as the datafile has them', () => {
    type Attributes = 'plan' | 'age' | 'app';
    const who = audience<Attributes>('Who', (user) =>
      all(
        user.plan.is('pro'),
        any(user.age.atLeast(18), not(user.age.exists())),
        user.app.version.above('2.1'),
        inSegment('vip'),
      ),
    );
    const { datafile } = build([who]);
    expect(datafile.typedAudiences[0]?.conditions).toEqual([
      'and',
      { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' },
      [
        'or',
        { type: 'custom_attribute', name: 'age', match: 'ge', value: 18 },
        ['not', { type: 'custom_attribute', name: 'age', match: 'exists' }],
      ],
      { type: 'custom_attribute', name: 'app', match: 'semver_gt', value: '2.1' },
      { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' },
    ]);
    expect(datafile.attributes.map(({ key }) => key)).toEqual(['plan', 'age', 'app']);
  });

  it.each<[string, () => unknown, string]>([
    ['a flag without options', () => flag('f', undefined as never), 'Flag "f" is not an object'],
    ['a flag without variations', () => flag('f', {} as never), '"variations" of flag "f" is not an object'],
    [
      'an experiment without a split',
      () => experiment('e', {} as never),
      'The split of experiment "e" is not an object',
    ],
    ['a rollout of nothing', () => rollout(null as never), 'A rollout is not an object; expected { serve }'],
    [
      'a holdout with a text for its rules',
      () => holdout('h', { share: 1, rules: 'a' as never }),
      'The rules of holdout "h"',
    ],
    ['a holdout without a share', () => holdout('h', null as never), 'Holdout "h" is not an object'],
    ['a group without experiments', () => group('g', undefined as never), 'Group "g" is not an object'],
    [
      'an audience without a condition',
      () => audience('A', (user) => user.plan as never),
      'The audience "A" has no cond',
    ],
    ['an audience without a function', () => audience('A', null as never), 'The audience "A" has no cond'],
    ['an audience with a symbol for a name', () => audience(Symbol('A') as never, null as never), 'The name of an aud'],
    ['a condition that is null', () => condition(null as never), 'A condition is not an object'],
    ['all of nothing', () => all(null as never), 'A condition is not an object'],
    ['all of a condition and nothing', () => all(inSegment('vip'), undefined as never), 'A condition is not an object'],
    ['any of nothing', () => any(null as never), 'A condition is not an object'],
    ['the opposite of nothing', () => not(null as never), 'A condition is not an object'],
    ['variables of nothing', () => variables(null as never), 'The argument of variables is not an object'],
    ['an imported entity of nothing', () => imported('holdouts', null as never), 'An imported entity is not an object'],
    ['an imported rule of nothing', () => importedRule('delivery', null as never), 'An imported rule is not an object'],
    [
      'an experiment with a symbol for a key',
      () => experiment(Symbol('e') as never, null as never),
      '"Symbol(e)" is n',
    ],
    ['a holdout with a symbol for a key', () => holdout(Symbol('h') as never, null as never), '"Symbol(h)" is not'],
    ['a group with a symbol for a key', () => group(Symbol('g') as never, null as never), '"Symbol(g)" is not a key'],
    [
      'an experiment whose allowed users are null',
      () => experiment('e', { split: {}, allow: null as never }),
      '"allow" of experiment "e" is not an object',
    ],
    [
      'an audience of a rule that is null',
      () => rollout({ serve: 'v', audience: null as never }),
      'An audience of a rule is not an audience',
    ],
    [
      'a combination with null',
      () => experiment('e', { split: {}, audience: ['not', null as never] }),
      'An audience of a rule is not an audience',
    ],
    [
      'a variation that is null',
      () => flag('f', { variations: { on: null as never } }),
      'Variation "on" of flag "f" is not an object',
    ],
    ['rules that are null', () => flag('f', { variations: {}, rules: null as never }), '"rules" of flag "f" is not a'],
    ['a rule that is null', () => flag('f', { variations: {}, rules: [null as never] }), 'A rule of flag "f" is not a'],
    [
      'a rule of no kind',
      () => flag('f', { variations: {}, environments: { prod: {} as never } }),
      'A rule of flag "f" is not a rule; expected what experiment, rollout or importedRule return.',
    ],
    [
      'environments that are null',
      () => flag('f', { variations: {}, environments: null as never }),
      '"environments" of flag "f" is not an object',
    ],
    [
      'variables that are null',
      () => flag('f', { variables: null as never, variations: { on: { size: 1 } as never } }),
      '"variables" of flag "f" is not an object',
    ],
    [
      'a variable that is null',
      () => flag('f', { variables: { size: null as never }, variations: {} }),
      'Variable "size" of flag "f" is not an object',
    ],
    ['a variation expected of nothing', () => expectVariation(null as never, 'on'), 'The flag is not an object'],
    [
      'a variation expected for a user that is null',
      () => expectVariation(flag('f', { variations: { on: {} } }), 'on', null as never),
      'The user is not an object',
    ],
    ['a split expected of nothing', () => expectSplit(null as never, 'e'), 'The flag is not an object'],
    [
      'a split expected with options that are null',
      () => expectSplit(flag('f', { variations: {} }), 'e', null as never),
      'The third argument of expectSplit is not an object',
    ],
    [
      'branches expected of nothing',
      () => expectEveryBranch(null as never, []),
      'The subject of expectEveryBranch is not an object',
    ],
    ['definitions that are null', () => buildDatafile(null as never), 'The definitions are not a list'],
    [
      'options that are null',
      () => buildDatafile([], null as never),
      'The second argument of buildDatafile is not an object',
    ],
    ['a key with a dot', () => flag('a.b', { variations: {} }), '"a.b" is not a key of a flag'],
    [
      'a variable that does not exist',
      () => flag('f', { variations: { v: { none: 1 } as object } }),
      '"none", which is not a variable',
    ],
    [
      'a variation that does not exist',
      () => flag('f', { variations: { v: {} }, rules: [rollout({ serve: 'w' as 'v' })] }),
      'serves "w"',
    ],
    [
      'a value of another type',
      () =>
        build(
          [flag('f', { variables: variables({ n: 1 }), variations: { v: { n: 1.5 } } }), split({ a: 1 })]
            .slice(0, 1)
            .map((f) => ({ ...f, rules: [rollout({ serve: 'v' })] })) as never,
        ),
      'is not of type integer',
    ],
    ['two flags with one key', () => build([split({ a: 1 }), split({ a: 2 })]), 'two definitions of the flag "f"'],
    [
      'two experiments with one key',
      () =>
        build([split({ a: 1 }), flag('g', { variations: { a: {} }, rules: [experiment('e', { split: { a: 1 } })] })]),
      'Two experiments have the key "e"',
    ],
    ['shares above 100 %', () => build([split({ a: 60, b: 50 })]), '110 % together'],
    ['a group of unknown experiments', () => build([group('g', { none: 50 })]), '"none", which is not an experiment'],
    [
      'a holdout of unknown rules',
      () => build([holdout('h', { share: 5, rules: ['none'] })]),
      '"none", which is not a rule',
    ],
    ['a previous datafile that is not one', () => build([], { version: '4' }), 'is not a datafile'],
  ])('refuses %s', (_what, run, message) => {
    expect(run).toThrow(expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(message) }));
  });

  it('types the flags and events of a module', () => {
    type Unheld = Omit<typeof shop, 'heldOut'>;
    expectTypeOf<FlagsOf<Unheld>['checkout']['variations']>().toEqualTypeOf<'classic' | 'one_page' | 'express'>();
    expectTypeOf<FlagsOf<typeof shop>['checkout']['variations']>().toEqualTypeOf<
      'classic' | 'one_page' | 'express' | 'off'
    >();
    expectTypeOf<FlagsOf<typeof shop>['checkout']['variables']['steps']>().toEqualTypeOf<number>();
    expectTypeOf<FlagsOf<typeof shop>['checkout']['variables']['buttonLabel']>().toEqualTypeOf<string>();
    expectTypeOf<keyof FlagsOf<typeof shop>>().toEqualTypeOf<'checkout' | 'search' | 'recommendations'>();
    expectTypeOf<EventsOf<typeof shop>>().toEqualTypeOf<'purchase'>();
  });
});
