import { readFileSync } from 'node:fs';
import { createClient, createStaticConfig, type UserContext } from 'sortition';
import { describe, expect, it } from 'vitest';
import { createOfficialClient } from '../src/official-client.ts';
import { flag, rule, smallDatafile, targetedDatafile } from './small-datafile.ts';

/** The vectors are a contract between implementations: the official SDK has to agree with them too. */
function read(name: string) {
  return JSON.parse(readFileSync(new URL(`../../../packages/core/vectors/${name}`, import.meta.url), 'utf8'));
}

interface DecisionVector {
  readonly flagKey: string;
  readonly userId: string;
  readonly attributes?: object;
  readonly segments?: readonly string[];
  readonly forced?: readonly { flagKey: string; ruleKey?: string; variationKey: string }[];
  readonly stored?: Readonly<Record<string, string>>;
  readonly decision: object & { reasons: readonly string[] };
  readonly assigns: { readonly experimentId: string; readonly variationId: string } | null;
}

function decide(
  vector: DecisionVector,
  create: (profiles: object) => { createUserContext(userId: string, attributes?: object): unknown },
) {
  const saved: { experiment_bucket_map: Record<string, { variation_id: string }> }[] = [];
  const stored = Object.entries(vector.stored ?? {}).map(([id, variationId]) => [id, { variation_id: variationId }]);
  const user = create({
    lookup: () => ({ user_id: vector.userId, experiment_bucket_map: Object.fromEntries(stored) }),
    save: (profile: (typeof saved)[number]) => void saved.push(profile),
  }).createUserContext(vector.userId, vector.attributes) as UserContext;
  if (vector.segments) user.qualifiedSegments = [...vector.segments];
  for (const { variationKey, ...target } of vector.forced ?? []) user.setForcedDecision(target, { variationKey });
  const { variationKey, enabled, variables, ruleKey, reasons } = user.decide(vector.flagKey, ['INCLUDE_REASONS']);
  return { decision: { variationKey, enabled, variables, ruleKey, reasons }, saved };
}

describe('decisions.json', () => {
  const { datafile: file, vectors } = read('decisions.json') as { datafile: string; vectors: DecisionVector[] };
  const datafile: object = read(file);
  /** Texts of the deviations D3, D4 and D15 and of prototype keys. */
  const comparable = (reasons: readonly string[]) =>
    reasons
      .filter((text) => !text.startsWith('Variable value for key'))
      .map((text) => text.replace(/(is in variation ).* of holdout .*/, '$1').replace(/(bucketing ID ).*/, '$1'));

  it.each(vectors.map((vector, index) => ({ index, ...vector })))('$index: $flagKey for $userId', (vector) => {
    const config = createStaticConfig({ datafile });
    const ours = decide(vector, (profiles) => createClient({ config, events: null, logger: false, profiles }));
    expect(ours.decision).toEqual(vector.decision);
    const assigned = vector.assigns && { [vector.assigns.experimentId]: { variation_id: vector.assigns.variationId } };
    expect(ours.saved.length).toBe(assigned ? 1 : 0);
    if (assigned) expect(ours.saved[0]?.experiment_bucket_map).toMatchObject(assigned);
    if (vector.flagKey === 'constructor') return;
    const official = decide(
      vector,
      (profiles) => createOfficialClient(datafile, { userProfileService: profiles as never }) as never,
    );
    expect({ ...official.decision, reasons: comparable(official.decision.reasons) }).toEqual({
      ...vector.decision,
      reasons: comparable(vector.decision.reasons),
    });
    expect(official.saved).toEqual(ours.saved);
  });
});

describe('conditions.json', () => {
  interface ConditionVector {
    readonly conditions: unknown;
    readonly attributes?: object;
    readonly segments?: readonly string[] | null;
    readonly verdict: boolean | null;
  }

  const passes = (conditions: unknown, { attributes, segments }: ConditionVector): boolean => {
    const user = createOfficialClient(targetedDatafile(conditions)).createUserContext('u', attributes as never);
    user.qualifiedSegments = segments ? [...segments] : null;
    return user.decide('a').variationKey !== null;
  };

  const startsWithObject = (conditions: unknown): boolean =>
    Array.isArray(conditions) && typeof conditions[0] === 'object';
  const names = (conditions: unknown) => JSON.stringify(conditions);

  it('the official SDK agrees, but for the deviations D2 and prototype keys', () => {
    let compared = 0;
    for (const vector of read('conditions.json').vectors as ConditionVector[]) {
      if (startsWithObject(vector.conditions) || /toString|hasOwn|constructor|__proto__/.test(names(vector.conditions)))
        continue;
      const verdict = passes(['and', vector.conditions], vector)
        ? true
        : passes(['not', vector.conditions], vector)
          ? false
          : null;
      if (verdict !== vector.verdict) expect.fail(`${names(vector)} is ${verdict}`);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(550);
  }, 60_000);
});

describe('semver.json', () => {
  const TYPES = { semver_eq: [0], semver_gt: [1], semver_ge: [0, 1], semver_lt: [-1], semver_le: [-1, 0] };

  it('the official SDK agrees', () => {
    for (const { condition, user, order } of read('semver.json').vectors) {
      for (const [match, orders] of Object.entries(TYPES)) {
        const leaf = { type: 'custom_attribute', name: 'v', match, value: condition };
        const passes = (conditions: unknown) =>
          createOfficialClient(targetedDatafile(conditions)).createUserContext('u', { v: user }).decide('a')
            .variationKey !== null;
        const verdict = passes(['or', leaf]) ? true : passes(['not', leaf]) ? false : null;
        const expected = order === null ? null : orders.includes(order);
        if (verdict !== expected) expect.fail(`${user} ${match} ${condition} is ${verdict}, not ${expected}`);
      }
    }
  }, 60_000);
});

describe('variables.json', () => {
  it('the official SDK agrees', () => {
    for (const { type, text, value } of read('variables.json').vectors) {
      const variables = [{ id: 'v', key: 'k', type, defaultValue: text }];
      const datafile = smallDatafile({
        featureFlags: [flag('a', ['1'], { variables })],
        experiments: [rule('1', ['11'])],
      });
      const { variables: official } = createOfficialClient(datafile).createUserContext('u').decide('a');
      expect(JSON.stringify(official.k)).toBe(JSON.stringify(value));
    }
  });
});
