import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkDatafile } from '../src/index.ts';

const SHOP = JSON.parse(
  readFileSync(new URL('../../emulator/src/shop-datafile.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;

/** The codes of a datafile whose one audience has these conditions. */
function codesOf(conditions: unknown): readonly string[] {
  return checkDatafile({ ...SHOP, typedAudiences: [{ id: '5001', name: 'Members', conditions }] })
    .filter(({ message }) => message.includes('"Members"'))
    .map(({ code }) => code);
}

const leaf = { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'gold' };

describe('checking a datafile', () => {
  it('finds nothing in the sample shop, as object and as text', () => {
    expect(checkDatafile(SHOP)).toEqual([]);
    expect(checkDatafile(JSON.stringify(SHOP))).toEqual([]);
  });

  it.each<[string, unknown, readonly string[]]>([
    ['a usual condition', ['or', leaf], []],
    ['conditions without an operator', [leaf, leaf], []],
    ['nested operators', ['and', ['not', leaf], ['or', leaf, leaf]], []],
    ['a bare condition', leaf, []],
    ['an attribute of the SDKs', ['or', { ...leaf, name: '$opt_user_agent' }], []],
    ['a missing match, which is exact', ['or', { type: 'custom_attribute', name: 'plan', value: 'gold' }], []],
    ['exists without a value', ['or', { type: 'custom_attribute', name: 'plan', match: 'exists' }], []],
    ['an empty list', [], ['empty-audience']],
    ['an operator alone', ['or'], ['empty-audience']],
    ['empty operators', ['and', ['or'], ['or']], ['empty-audience']],
    ['an unknown operator', ['xor', leaf, leaf], ['unknown-operator']],
    ['an operator in capitals', ['OR', leaf], ['unknown-operator']],
    ['an unknown match', ['or', { ...leaf, match: 'regex' }], ['unknown-match']],
    ['an unknown attribute', ['or', { ...leaf, name: 'colour' }], ['unknown-attribute']],
    ['an unknown type', ['or', { ...leaf, type: 'cookie' }], ['unknown-condition-type']],
    ['a text compared as a number', ['or', { ...leaf, match: 'gt' }], ['invalid-value']],
    ['a number compared as a version', ['or', { ...leaf, match: 'semver_ge', value: 3 }], ['invalid-value']],
    ['a list as a value', ['or', { ...leaf, value: ['gold'] }], ['invalid-value']],
    ['a text in place of a condition', ['or', leaf, '5002'], ['invalid-condition']],
    ['an empty operator beside a condition', ['or', leaf, ['and']], ['invalid-condition']],
    ['two conditions under not', ['not', leaf, leaf], ['invalid-condition']],
    [
      'a segment by exact',
      ['or', { type: 'third_party_dimension', name: 'odp.audiences', match: 'exact', value: 'vip' }],
      ['unknown-match'],
    ],
    [
      'a segment without a name',
      ['or', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified' }],
      ['invalid-value'],
    ],
  ])('judges %s', (_, conditions, codes) => {
    expect(codesOf(conditions)).toEqual(codes);
  });

  it('finds rules whose traffic or audience cannot be meant, wherever they stand', () => {
    const rule = {
      id: '1',
      key: 'r',
      status: 'Running',
      layerId: '1',
      audienceIds: [],
      forcedVariations: {},
      variations: [{ id: '2', key: 'on' }],
      audienceConditions: ['nor', '5001', '5002'],
      trafficAllocation: [
        { entityId: '2', endOfRange: 9_000 },
        { entityId: '2', endOfRange: 8_000 },
        { entityId: '2', endOfRange: 10_001 },
      ],
    };
    const codes = (document: object) =>
      checkDatafile({ ...SHOP, ...document })
        .map(({ code }) => code)
        .filter((code) => code.startsWith('unknown') || code === 'invalid-traffic');
    const expected = ['unknown-operator', 'invalid-traffic', 'invalid-traffic'];
    expect(codes({ holdouts: [rule] })).toEqual(expected);
    expect(codes({ rollouts: [{ id: '9', experiments: [rule] }] })).toEqual(expected);
    expect(codes({ groups: [{ id: '9', policy: 'random', trafficAllocation: [], experiments: [rule] }] })).toEqual(
      expected,
    );
  });

  it.each<[string, string, boolean]>([
    ['boolean', 'yes', false],
    ['boolean', 'true', true],
    ['integer', '1.5', false],
    ['integer', '-3', true],
    ['double', '', false],
    ['double', '1e3', true],
    ['json', '{', false],
    ['json', '[]', true],
    ['string', '', true],
  ])('judges the default of a %s variable, %j', (type, defaultValue, isFine) => {
    const flag = {
      id: '1',
      key: 'f',
      experimentIds: [],
      rolloutId: '',
      variables: [{ id: '2', key: 'v', type, defaultValue }],
    };
    expect(checkDatafile({ ...SHOP, featureFlags: [flag] }).filter(({ code }) => code === 'invalid-value').length).toBe(
      isFine ? 0 : 1,
    );
  });

  it('refuses what is no datafile, and survives nonsense inside of one', () => {
    expect(() => checkDatafile('{}')).toThrow(expect.objectContaining({ code: 'invalid-datafile' }));
    const nonsense = {
      typedAudiences: [null, 5, { id: 1, conditions: 7 }],
      holdouts: [{ trafficAllocation: 3 }],
      featureFlags: [[]],
      attributes: 'x',
    };
    expect(checkDatafile({ ...SHOP, ...nonsense }).length).toBeGreaterThan(0);
  });
});
