/** Properties in words, each with rows that fail when an implementation violates it. */
import type { DecisionsInput } from '@sortition/conformance';
import { computeBucket } from '@sortition/core';
import type { Questions } from './areas.ts';

/** A property and the rows that hold it. */
export interface PropertyQuestions {
  readonly property: string;
  readonly groups: readonly Questions<DecisionsInput>[];
}

const USERS = Array.from({ length: 40 }, (_, index) => `user-${index}`);

function ask(userId: string, more: Partial<DecisionsInput> = {}): DecisionsInput {
  return { keys: null, options: ['INCLUDE_REASONS'], userId, segments: null, forced: [], profile: null, ...more };
}

function variation(id: string, key: string, featureEnabled = true): object {
  return { id, key, featureEnabled, variables: [] };
}

interface RuleOptions {
  readonly ranges?: readonly (readonly [string, number])[];
  readonly more?: object;
}

function rule(
  id: string,
  key: string,
  {
    ranges = [
      [`${id}1`, 5_000],
      [`${id}2`, 10_000],
    ],
    more = {},
  }: RuleOptions = {},
): object {
  return {
    id,
    key,
    layerId: `layer-${id}`,
    status: 'Running',
    variations: [variation(`${id}1`, 'a'), variation(`${id}2`, 'b')],
    trafficAllocation: ranges.map(([entityId, endOfRange]) => ({ entityId, endOfRange })),
    audienceIds: [],
    forcedVariations: {},
    ...more,
  };
}

interface Parts {
  readonly experiments?: readonly object[];
  readonly deliveries?: readonly object[];
  readonly flags?: readonly object[];
  readonly more?: object;
}

function datafile({ experiments = [], deliveries = [], flags, more = {} }: Parts): object {
  const ids = (experiments as { id: string }[]).map(({ id }) => id);
  return {
    version: '4',
    accountId: '1',
    projectId: '2',
    revision: '3',
    sendFlagDecisions: true,
    featureFlags: flags ?? [{ id: '10', key: 'flag', rolloutId: 'r1', experimentIds: ids, variables: [] }],
    experiments,
    rollouts: [{ id: 'r1', experiments: deliveries }],
    groups: [],
    attributes: [{ id: '20', key: 'plan' }],
    audiences: [],
    typedAudiences: [
      {
        id: 'gold',
        name: 'gold',
        conditions: ['or', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'gold' }],
      },
    ],
    events: [],
    variables: [],
    ...more,
  };
}

function everyone(id: string): object {
  return rule(id, `delivery-${id}`, { ranges: [[`${id}1`, 10_000]] });
}

const ask40 = USERS.map((userId) => ask(userId));

/** All properties. */
export const PROPERTIES: readonly PropertyQuestions[] = [
  {
    property: 'A ramp is monotonic: who is in at a lower share is in, with the same variation, at every higher one.',
    groups: [10, 20, 50, 80, 100].map((percent) => ({
      id: `ramp-${percent}`,
      datafile: datafile({
        experiments: [
          rule('40', 'ramp', {
            ranges: [
              ['401', percent * 50],
              ['', 5_000],
              ['402', 5_000 + percent * 50],
            ],
          }),
        ],
      }),
      inputs: ask40,
    })),
  },
  {
    property: 'The end of a range lies outside of it: a bucket equal to it is in the next range.',
    groups: USERS.slice(0, 20).flatMap((userId) => {
      const bucket = computeBucket(userId, '45');
      return [bucket, bucket + 1].map((end) => ({
        id: `end-of-range-${userId}-${end - bucket}`,
        datafile: datafile({
          experiments: [
            rule('45', 'experiment', {
              ranges: [
                ['451', end],
                ['452', 10_000],
              ],
            }),
          ],
        }),
        inputs: [ask(userId)],
      }));
    }),
  },
  {
    property: 'Flags are independent: another flag in the datafile, decided or not, changes nothing.',
    groups: [[], [rule('51', 'other')]].map((others, index) => ({
      id: `independent-${index + 1}`,
      datafile: datafile({
        experiments: [rule('50', 'own'), ...others],
        flags: [
          { id: '10', key: 'flag', rolloutId: '', experimentIds: ['50'], variables: [] },
          ...(others.length > 0
            ? [{ id: '11', key: 'other', rolloutId: '', experimentIds: ['51'], variables: [] }]
            : []),
        ],
      }),
      inputs: USERS.map((userId) => ask(userId, { keys: ['flag'] })),
    })),
  },
  {
    property: 'A holdout comes before every rule of a flag, but after a decision forced for the flag.',
    groups: [
      {
        id: 'holdout-first',
        datafile: datafile({
          experiments: [rule('60', 'experiment')],
          deliveries: [everyone('61')],
          more: {
            holdouts: [
              rule('62', 'holdout', {
                ranges: [['621', 3_000]],
                more: { variations: [variation('621', 'off', false)] },
              }),
            ],
          },
        }),
        inputs: [
          ...ask40,
          ...USERS.slice(0, 10).map((userId) => ask(userId, { forced: [{ flagKey: 'flag', variationKey: 'b' }] })),
          ...USERS.slice(0, 10).map((userId) =>
            ask(userId, { forced: [{ flagKey: 'flag', ruleKey: 'experiment', variationKey: 'a' }] }),
          ),
        ],
      },
    ],
  },
  {
    property:
      'Experiments come before deliveries, each in the order of the datafile; the first that takes the user decides.',
    groups: [
      {
        id: 'order-of-rules',
        datafile: datafile({
          experiments: [
            rule('70', 'first', { ranges: [['701', 3_000]] }),
            rule('71', 'second', { ranges: [['711', 5_000]] }),
          ],
          deliveries: [rule('72', 'third', { ranges: [['721', 5_000]] }), everyone('73')],
        }),
        inputs: ask40,
      },
    ],
  },
  {
    property:
      'A user whom the audience of a delivery takes, but its traffic does not, goes on with the last rule alone.',
    groups: [
      {
        id: 'targeted-delivery',
        datafile: datafile({
          deliveries: [
            rule('80', 'gold', { ranges: [['801', 1_000]], more: { audienceIds: ['gold'] } }),
            rule('81', 'between', { ranges: [['811', 10_000]] }),
            everyone('82'),
          ],
        }),
        inputs: USERS.flatMap((userId) => [ask(userId, { attributes: { plan: 'gold' } }), ask(userId)]),
      },
    ],
  },
  {
    property: 'Of the experiments of an exclusive group a user is in one at most, whatever their own traffic.',
    groups: [
      {
        id: 'exclusive-group',
        datafile: datafile({
          flags: ['90', '91'].map((id) => ({
            id: `f${id}`,
            key: `flag-${id}`,
            rolloutId: '',
            experimentIds: [id],
            variables: [],
          })),
          more: {
            groups: [
              {
                id: 'g1',
                policy: 'random',
                experiments: [rule('90', 'one'), rule('91', 'two')],
                trafficAllocation: [
                  { entityId: '90', endOfRange: 4_000 },
                  { entityId: '91', endOfRange: 8_000 },
                ],
              },
            ],
          },
        }),
        inputs: ask40,
      },
    ],
  },
  {
    property:
      'The bucketing id decides instead of the user id where it is given; allow-lists and profiles keep to the user id.',
    groups: [
      {
        id: 'bucketing-id',
        datafile: datafile({
          experiments: [rule('94', 'experiment', { more: { forcedVariations: { 'user-0': 'b', 'user-1': 'a' } } })],
        }),
        client: { profiles: true },
        inputs: USERS.flatMap((userId) => [ask(userId), ask(userId, { attributes: { $opt_bucketing_id: 'user-7' } })]),
      },
    ],
  },
  {
    property: 'A stored variation stays although the split changed, unless it is gone from the experiment.',
    groups: [
      {
        id: 'sticky',
        datafile: datafile({ experiments: [rule('95', 'experiment', { ranges: [['951', 10_000]] })] }),
        client: { profiles: true },
        inputs: USERS.slice(0, 15).flatMap((userId) => [
          ask(userId, { profile: { '95': { variation_id: '952' } } }),
          ask(userId, { profile: { '95': { variation_id: 'gone' } } }),
          ask(userId, {
            profile: { '95': { variation_id: '952' } },
            options: ['INCLUDE_REASONS', 'IGNORE_USER_PROFILE_SERVICE'],
          }),
        ]),
      },
    ],
  },
  {
    property: 'An allow-list counts only while the experiment runs, and before audiences and traffic.',
    groups: ['Running', 'Paused'].map((status) => ({
      id: `allow-list-${status.toLowerCase()}`,
      datafile: datafile({
        experiments: [
          rule('96', 'experiment', {
            ranges: [],
            more: {
              status,
              audienceIds: ['gold'],
              forcedVariations: Object.fromEntries(USERS.slice(0, 10).map((user) => [user, 'b'])),
            },
          }),
        ],
        deliveries: [everyone('97')],
      }),
      inputs: USERS.slice(0, 20).map((userId) => ask(userId)),
    })),
  },
  {
    property: 'An unknown verdict is not false: it passes neither a condition nor its negation.',
    groups: [
      {
        id: 'unknown-verdict',
        datafile: datafile({
          experiments: [
            rule('98', 'is-gold', { more: { audienceConditions: ['gold'] } }),
            rule('99', 'is-not-gold', { more: { audienceConditions: ['not', 'gold'] } }),
          ],
        }),
        inputs: USERS.slice(0, 10).flatMap((userId) => [
          ask(userId),
          ask(userId, { attributes: { plan: 'gold' } }),
          ask(userId, { attributes: { plan: 'free' } }),
          ask(userId, { attributes: { plan: 7 } }),
        ]),
      },
    ],
  },
];
