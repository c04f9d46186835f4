import { readFileSync } from 'node:fs';
import { isSdkError } from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';
import { createClient, createStaticConfig } from 'sortition';
import { describe, expect, it } from 'vitest';
import { findDifferences } from '../src/difference.ts';
import { type Pointer, pointersOf, REPLACEMENTS, replaceAt } from '../src/mutations.ts';
import { createOfficialClient, hasConfig } from '../src/official-client.ts';
import { flag, rule, smallDatafile, targetedDatafile, variation } from './small-datafile.ts';

const library: object = JSON.parse(
  readFileSync(new URL('../../../packages/core/vectors/datafiles/library.json', import.meta.url), 'utf8'),
);

const adult = { type: 'custom_attribute', name: 'age', match: 'ge', value: 18 };

const SEEDS: Readonly<Record<string, object>> = {
  project: smallDatafile({
    sendFlagDecisions: true,
    botFiltering: false,
    anonymizeIP: true,
    region: 'EU',
    sdkKey: 'key',
    environmentKey: 'production',
    attributes: [{ id: '801', key: 'age' }],
    events: [{ id: '901', key: 'bought', experimentIds: ['1'] }],
    integrations: [{ key: 'odp', host: 'https://odp.invalid', publicKey: 'public' }],
    featureFlags: [flag('a', ['1', '2'])],
    experiments: [
      rule('1', ['11', '12'], {
        forcedVariations: { librarian: 'variation_12' },
        cmab: { attributeIds: ['801'], trafficAllocation: 5 },
      }),
      rule('2', ['21']),
    ],
    localHoldouts: [
      rule('h', ['off'], { includedRules: ['2'], trafficAllocation: [{ entityId: 'off', endOfRange: 3000 }] }),
    ],
  }),
  audiences: {
    ...targetedDatafile(['and', ['or', adult], ['not', { ...adult, match: 'lt', value: 3 }]]),
    audiences: [{ id: '8', name: 'legacy', conditions: JSON.stringify(['or', adult]) }],
  },
  variables: smallDatafile({
    featureFlags: [
      flag('a', ['1'], {
        variables: [
          { id: 'v1', key: 'size', type: 'integer', defaultValue: '1' },
          { id: 'v2', key: 'data', type: 'string', subType: 'json', defaultValue: '{}' },
        ],
      }),
    ],
    experiments: [rule('1', ['11'], { variations: [variation('11', { variables: [{ id: 'v1', value: '2' }] })] })],
  }),
  deliveries: smallDatafile({
    featureFlags: [flag('a', ['1'], { rolloutId: 'r' })],
    experiments: [rule('1', ['11'], { type: 'fr', trafficAllocation: [{ entityId: '11', endOfRange: 10 }] })],
    rollouts: [{ id: 'r', experiments: [rule('8', ['81'], { audienceIds: ['unknown'] }), rule('9', ['91'])] }],
    groups: [
      {
        id: 'g',
        policy: 'random',
        trafficAllocation: [{ entityId: '5', endOfRange: 10_000 }],
        experiments: [rule('5', ['51'])],
      },
    ],
    holdouts: [rule('h', ['off'], { status: 'Draft' })],
  }),
};

const USERS = [
  ['ada', { age: 30 }],
  ['librarian', { age: 12, city: 'Bern' }],
] as const;

interface Asked {
  createUserContext(userId: string, attributes: object): { decideAll(options: readonly string[]): object };
}

/** Every decision but the texts that the deviations D3 and D15 are about. */
function decisionsOf(client: Asked): unknown {
  return USERS.map(([userId, attributes]) => {
    const decisions = Object.entries(client.createUserContext(userId, attributes).decideAll(['INCLUDE_REASONS']));
    return decisions.map(([key, { variationKey, enabled, ruleKey, variables, reasons }]) => {
      const texts = (reasons as string[]).filter((text) => !text.startsWith('Variable value for key'));
      const compared = texts.map((text) => text.replace(/(is in variation ).* of holdout .*/, '$1'));
      return { key, variationKey, enabled, ruleKey, variables: { ...variables }, reasons: compared };
    });
  });
}

type Verdict = 'equal' | 'isolated' | 'serves where the official SDK does not' | 'refused by both';

function judge(text: string, before: ReadonlySet<string>): Verdict | string {
  const official = createOfficialClient(text);
  const accepted = hasConfig(official);
  let ours: unknown;
  try {
    const client = createClient({ config: createStaticConfig({ datafile: text }), events: null, logger: false });
    ours = decisionsOf(client as unknown as Asked);
    client.getProjectInfo();
  } catch (error) {
    if (isSdkError(error) && error.code === 'invalid-datafile' && !accepted) return 'refused by both';
    return `threw ${error}`;
  }
  if (!accepted) return 'serves where the official SDK does not';
  let expected: unknown;
  try {
    expected = decisionsOf(official as unknown as Asked);
  } catch {
    return 'serves where the official SDK does not';
  }
  const differences = findDifferences(expected, ours);
  if (differences.length === 0) return 'equal';
  if (parseDatafile(text).problems.some(({ message }) => !before.has(message))) return 'isolated';
  return JSON.stringify(differences.slice(0, 2));
}

/** Makes an array of conditions begin with something that is not a string: the deviation D2. */
function isD2(pointer: Pointer, value: unknown): boolean {
  if (!/onditions|audienceIds/.test(pointer.join('.'))) return false;
  return Array.isArray(value) || (pointer.at(-1) === 0 && typeof value !== 'string');
}

describe('a datafile with one value of the wrong kind', () => {
  it.each(Object.keys(SEEDS))(
    '[DF-02] %s: every place × 14 values is decided as the official SDK does, or isolated and listed',
    (name) => {
      const seed = SEEDS[name] as object;
      const before = new Set(parseDatafile(seed).problems.map(({ message }) => message));
      const counts: Record<string, number> = {};
      const wrong: string[] = [];
      for (const pointer of pointersOf(seed)) {
        for (const value of REPLACEMENTS) {
          if (isD2(pointer, value)) continue;
          const verdict = judge(replaceAt(seed, pointer, value), before);
          counts[verdict] = (counts[verdict] ?? 0) + 1;
          if (!['equal', 'isolated', 'refused by both', 'serves where the official SDK does not'].includes(verdict)) {
            wrong.push(`${pointer.join('/')} = ${JSON.stringify(value)}: ${verdict.slice(0, 400)}`);
          }
        }
      }
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(counts.equal).toBeGreaterThan(0);
      expect(counts['refused by both']).toBeGreaterThan(10);
    },
    240_000,
  );
});

describe('what a newer service may send', () => {
  const decide = (datafile: object) => {
    const text = JSON.stringify(datafile);
    return [judge(text, new Set()), hasConfig(createOfficialClient(text))];
  };

  it.each([
    ['an unknown condition type', targetedDatafile(['or', { ...adult, type: 'future' }])],
    ['an unknown match type', targetedDatafile(['not', { ...adult, match: 'future' }])],
    ['unknown fields everywhere', { ...targetedDatafile(['or', { ...adult, future: 1 }]), future: { deep: [] } }],
    [
      'an unknown rule type',
      { ...targetedDatafile(['or', adult]), experiments: [rule('1', ['11'], { type: 'future' })] },
    ],
    [
      'an unknown group policy',
      {
        ...targetedDatafile(['or', adult]),
        groups: [{ id: 'g', policy: 'future', trafficAllocation: [], experiments: [] }],
      },
    ],
  ])('[DF-09] %s is taken as the official SDK takes it', (_name, datafile) => {
    expect(decide(datafile)).toEqual(['equal', true]);
  });

  it.each(['5', '1', 4, null, '', 'four'])('[DF-09] the version %j is refused by both', (version) => {
    expect(decide({ ...library, version })).toEqual(['refused by both', false]);
  });
});
