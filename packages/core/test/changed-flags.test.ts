import { describe, expect, it } from 'vitest';
import { changedFlags, decide, type ProjectConfig, type Variation } from '../src/index.ts';
import { flag, project, rule, user, variation } from './project.ts';

type Parts = Parameters<typeof project>[0];

/** Flag `a` has an experiment and a delivery, flag `b` an experiment in a group, flag `c` nothing. */
function build(parts: Partial<Parts> = {}): ProjectConfig {
  return project({
    flags: [flag('a', ['e1'], { rolloutId: 'r1' }), flag('b', ['e2']), flag('c', [])],
    experiments: [rule('e1', ['v1'], { audienceConditions: ['or', 'au1'] }), rule('e2', ['v2'], { groupId: 'g1' })],
    rollouts: { r1: [rule('d1', ['v3'])] },
    audiences: { au1: ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }] },
    groups: [{ id: 'g1', policy: 'random', trafficRanges: [{ entityId: 'e2', endOfRange: 5_000 }] }],
    localHoldouts: { d1: [rule('h1', ['v4'])] },
    ...parts,
  });
}

describe('changedFlags', () => {
  it('names no flag when nothing differs but the revision', () => {
    expect(changedFlags(build(), { ...build(), revision: '2' })).toEqual([]);
    const config = build();
    expect(changedFlags(config, config)).toEqual([]);
  });

  it.each<[string, Partial<Parts>, string[]]>([
    ['a flag that was removed', { flags: [flag('a', ['e1'], { rolloutId: 'r1' }), flag('b', ['e2'])] }, ['c']],
    [
      'a flag that was added',
      { flags: [flag('a', ['e1'], { rolloutId: 'r1' }), flag('b', ['e2']), flag('c', []), flag('d', [])] },
      ['d'],
    ],
    [
      'the split of an experiment',
      {
        experiments: [
          rule('e1', ['v1'], { audienceConditions: ['or', 'au1'], trafficRanges: [] }),
          rule('e2', ['v2'], { groupId: 'g1' }),
        ],
      },
      ['a'],
    ],
    ['a delivery', { rollouts: { r1: [rule('d1', ['v3'], { status: 'Paused' })] } }, ['a']],
    ['an audience that a rule names', { audiences: { au1: ['or'] } }, ['a']],
    ['the traffic of a group', { groups: [{ id: 'g1', policy: 'random', trafficRanges: [] }] }, ['b']],
    ['a holdout of one rule', { localHoldouts: {} }, ['a']],
    ['a holdout of every flag', { globalHoldouts: [rule('h2', ['v5'])] }, ['a', 'b', 'c']],
    [
      'an allow-list',
      {
        experiments: [
          rule('e1', ['v1'], { audienceConditions: ['or', 'au1'] }),
          rule('e2', ['v2'], { groupId: 'g1', allowList: new Map([['ada', 'v2']]) }),
        ],
      },
      ['b'],
    ],
  ])('names the flags that depend on %s', (_what, parts, expected) => {
    expect(changedFlags(build(), build(parts))).toEqual(expected);
    expect([...changedFlags(build(parts), build())].sort()).toEqual(expected);
  });

  it('names a flag whose audience is named by a number', () => {
    const behind = (value: string) =>
      build({
        experiments: [rule('e1', ['v1'], { audienceConditions: ['or', 7] })],
        audiences: { 7: ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value }] },
      });
    expect(changedFlags(behind('pro'), behind('free'))).toEqual(['a']);
  });

  it('names a flag of which a variation is found by its id in another flag', () => {
    const other = (variationId: string) =>
      build({
        experiments: [rule('e1', ['v1']), rule('e2', [], { variations: [variation(variationId, { key: 'gone' })] })],
      });
    const served = (id: string) => decide(other(id), user('ada'), 'a').variationKey;
    expect([served('v2'), served('v1')]).toEqual(['variation_v1', 'variation_v4']);
    expect(changedFlags(other('v2'), other('v1'))).toEqual(['a', 'b']);
  });

  it.each<[string, Partial<Variation>]>([
    ['whether the feature is enabled', { featureEnabled: false }],
    ['a value of a variable', { variables: [{ id: 'x1', value: 'other' }] }],
  ])(
    'names a flag whose delivery or holdout serves a variation of another flag when it differs in %s',
    (_what, parts) => {
      const other = (serving: 'delivery' | 'holdout', found: Partial<Variation>) => {
        const server = rule('s1', [], { trafficRanges: [{ entityId: 'v2', endOfRange: 10_000 }] });
        return build({
          experiments: [rule('e2', [], { variations: [variation('v2', found)] })],
          rollouts: { r1: serving === 'delivery' ? [server] : [rule('d1', ['v3'])] },
          localHoldouts: serving === 'holdout' ? { d1: [server] } : {},
        });
      };
      for (const serving of ['delivery', 'holdout'] as const) {
        const [before, after] = [other(serving, {}), other(serving, parts)];
        expect(decide(before, user('ada'), 'a').variationKey).toBe('variation_v2');
        expect(changedFlags(before, after)).toEqual(['a', 'b']);
      }
    },
  );
});
