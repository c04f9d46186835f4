import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createClient, createStaticConfig, type EventSink, type ImpressionEvent, type UserContext } from 'sortition';
import { describe, expect, it } from 'vitest';
import { createOfficialClient } from '../src/official-client.ts';

/** Lies beside a checkout of the repository, where there is one. */
const folder = fileURLToPath(new URL('../../../../shared/datafiles/', import.meta.url));

if (!existsSync(folder)) console.warn(`The reference decisions are skipped: there is no folder ${folder}.`);

interface Expected {
  readonly rule: string | null;
  readonly variation: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

function userOf(name: string, userId: string, attributes: object, events: EventSink | null = null): UserContext {
  const config = createStaticConfig({ datafile: read(name) });
  return createClient({ config, events, logger: false }).createUserContext(userId, attributes);
}

function read(name: string): object {
  return JSON.parse(readFileSync(`${folder}${name}`, 'utf8'));
}

function check(name: string, flagKey: string, userId: string, attributes: object, expected: Expected): void {
  const { ruleKey, variationKey, variables } = userOf(name, userId, attributes).decide(flagKey);
  expect({ rule: ruleKey, variation: variationKey, variables }).toEqual(expected);
  const official = createOfficialClient(read(name))
    .createUserContext(userId, attributes as never)
    .decide(flagKey);
  expect({ rule: official.ruleKey, variation: official.variationKey, variables: official.variables }).toEqual(expected);
}

const outcome = (rule: string | null, variation: string | null, integer: number): Expected => ({
  rule,
  variation,
  variables: { integer_variable: integer },
});

const EVERYONE_ELSE = outcome('default-rollout-key', 'variation_7', 7);
const SECOND = outcome('exp_2', 'variation_2', 2);
const DELIVERY = outcome('delivery_3', 'variation_6', 6);

describe.skipIf(!existsSync(folder))('reference decisions', () => {
  it.each<[string, object, Expected]>([
    ['tester', { age: 15 }, outcome('exp_1', 'variation_1', 1)],
    ['tester', { age: 40 }, SECOND],
    ['tester', { age: 80 }, EVERYONE_ELSE],
    ['tester', { age: 92 }, EVERYONE_ELSE],
    ['tester', {}, EVERYONE_ELSE],
    ...['user1', 'user2', 'user3', 'user4', 'user5'].flatMap((userId): [string, object, Expected][] => [
      [userId, { age: 60 }, SECOND],
      [userId, { age: 80 }, DELIVERY],
    ]),
    ['日本語', { age: 80 }, DELIVERY],
    ['bob', { age: 80, $opt_bucketing_id: 'user1' }, DELIVERY],
    [
      'sticky',
      { age: 99, $opt_experiment_bucket_map: { 2001: { variation_id: 'nope' }, 2002: { variation_id: '5007' } } },
      outcome('exp_2', 'variation_7', 7),
    ],
  ])('flag_1 for %s with %j', (userId, attributes, expected) => {
    check('js-decision.json', 'flag_1', userId, attributes, expected);
  });

  it('flag_2 gives everybody its experiment', () => {
    for (const userId of ['tester', 'bob', '']) {
      check('js-decision.json', 'flag_2', userId, {}, { rule: 'exp_4', variation: 'variation_flag_2', variables: {} });
    }
  });

  it('a forced rule and a forced flag', () => {
    const impressions: ImpressionEvent[] = [];
    const record: EventSink['record'] = (event) => void (event.type === 'impression' && impressions.push(event));
    const user = userOf('js-decision.json', 'tester', { age: 15 }, { record });
    user.setForcedDecision({ flagKey: 'flag_1', ruleKey: 'exp_1' }, { variationKey: 'variation_6' });
    expect(user.decide('flag_1')).toMatchObject({ ruleKey: 'exp_1', variationKey: 'variation_6' });
    expect(user.decide('flag_1').variables).toEqual({ integer_variable: 6 });
    user.setForcedDecision({ flagKey: 'flag_1' }, { variationKey: 'variation_3' });
    expect(user.decide('flag_1')).toMatchObject({ ruleKey: null, variationKey: 'variation_3' });
    expect(user.decide('flag_1').variables).toEqual({ integer_variable: 3 });
    expect(impressions.at(-1)).toMatchObject({ layerId: null, experimentId: null, ruleKey: '' });
  });

  it.each([
    [{ id: 'h3', endOfRange: 1, bucket: 1472 }, false],
    [{ id: 'h4', endOfRange: 10_000, bucket: 170 }, true],
  ])('a holdout %j added to it: held out %s', ({ id, endOfRange, bucket }, held) => {
    const off = { id: '$opt_dummy_variation_id', key: 'off', featureEnabled: false, variables: [] };
    const traffic = [{ entityId: off.id, endOfRange }];
    const holdout = {
      id,
      key: `key_${id}`,
      status: 'Running',
      variations: [off],
      trafficAllocation: traffic,
      audienceIds: [],
    };
    const config = createStaticConfig({ datafile: { ...read('js-decision.json'), holdouts: [holdout] } });
    const user = createClient({ config, events: null, logger: false }).createUserContext('tester', { age: 15 });
    const { ruleKey, variationKey, enabled, reasons } = user.decide('flag_1', ['INCLUDE_REASONS']);
    expect(reasons).toContain(`Assigned bucket ${bucket} to user with bucketing ID tester.`);
    expect({ ruleKey, variationKey, enabled }).toEqual(
      held
        ? { ruleKey: holdout.key, variationKey: 'off', enabled: false }
        : { ruleKey: 'exp_1', variationKey: 'variation_1', enabled: true },
    );
  });

  const SHOES = { i_42: 42, d_4_2: 4.2, b_true: true, s_foo: 'foo', j_1: { value: 1 }, i_1: 'invalid' };

  it.each([
    ['feature_1', { gender: 'f' }, { rule: 'exp_with_audience', variation: 'a', variables: SHOES }],
    ['feature_1', {}, { rule: '18322080788', variation: '18257766532', variables: SHOES }],
    ['feature_2', {}, { rule: 'exp_no_audience', variation: 'variation_with_traffic', variables: { i_42: 42 } }],
    ['feature_3', {}, { rule: null, variation: null, variables: {} }],
  ])('%s of go-decide.json with %j', (flagKey, attributes, expected) => {
    for (const userId of ['tester', 'user1', 'user2']) {
      check('go-decide.json', flagKey, userId, attributes, expected);
    }
  });

  it.each(['go-odp.json', 'js-typed-audiences.json', 'js-decision.json', 'go-decide.json'])(
    'every flag of %s, for a hundred users',
    (name) => {
      const official = createOfficialClient(read(name));
      for (let index = 0; index < 100; index += 1) {
        const attributes = {
          age: index,
          house: index % 2 ? 'Gryffindor' : 'Slytherin',
          lasers: 45.5,
          should_do_it: true,
        };
        const user = userOf(name, `user${index}`, attributes);
        const theirs = official.createUserContext(`user${index}`, attributes);
        user.qualifiedSegments = theirs.qualifiedSegments = index % 3 ? ['odp-segment-1', 'odp-segment-2'] : null;
        const reasons = ['INCLUDE_REASONS'] as const;
        const strip = (decisions: object) =>
          JSON.parse(JSON.stringify({ decisions }, (key, value) => (key === 'userContext' ? null : value)));
        expect(strip(user.decideAll(reasons))).toEqual(strip(theirs.decideAll([...reasons] as never)));
      }
    },
  );
});
