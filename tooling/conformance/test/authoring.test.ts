import {
  all,
  audience,
  buildDatafile,
  experiment,
  flag,
  group,
  holdout,
  not,
  rollout,
  variables,
} from '@sortition/authoring';
import { createUserSnapshot, decide } from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';
import { expect, it } from 'vitest';
import { createOfficialClient, officialRefusal } from '../src/official-client.ts';
import { createRandom } from '../src/random.ts';

type Attributes = 'plan' | 'age' | 'app';

const members = audience<Attributes>('Members', (user) => user.plan.in('member', 'gold'));
const adults = audience<Attributes>('Adults', (user) => all(user.age.atLeast(18), not(user.plan.is('trial'))));
const current = audience<Attributes>('Current', (user) => user.app.version.atLeast('2.1'));

const definitions = [
  flag('checkout', {
    variables: variables({ steps: 4, label: 'Place order', rate: 0.5, express: false, layout: { columns: 1 } }),
    variations: { classic: {}, one_page: { steps: 1, layout: { columns: 2 } }, express: { express: true, rate: 0.25 } },
    rules: [
      experiment('redesign', {
        audience: members,
        split: { classic: 40, one_page: 30, express: 20 },
        allow: { 'user-7': 'express' },
      }),
      experiment('adults_only', { audience: adults, split: { classic: 10, one_page: 5 } }),
      rollout({ audience: current, serve: 'one_page', share: 60 }),
      rollout({ serve: 'classic', share: 80 }),
    ],
  }),
  ...['first', 'second'].map((key) =>
    flag(key, {
      variations: { on: {}, off: { enabled: false } },
      rules: [experiment(`${key}_test`, { split: { on: 50, off: 50 } })],
    }),
  ),
  group('exclusive', { first_test: 40, second_test: 40 }),
  holdout('everyone', { share: 5 }),
  holdout('few', { share: 10, rules: ['redesign'] }),
];

it('builds datafiles on which the official SDK decides as this one does', () => {
  const first = buildDatafile(definitions);
  const grown = buildDatafile(definitions, { previous: first.datafile });
  for (const { datafile, moves } of [first, grown]) {
    expect(moves).toEqual([]);
    expect(officialRefusal(datafile)).toBeNull();
    const { config, problems } = parseDatafile(datafile);
    expect(problems).toEqual([]);
    const official = createOfficialClient(datafile);
    const random = createRandom(1);
    const served = new Set<string>();
    for (let index = 0; index < 3_000; index += 1) {
      const attributes = {
        ...(random.chance(0.7) && { plan: random.pick(['member', 'gold', 'trial', 'free']) }),
        ...(random.chance(0.7) && { age: random.pick([12, 18, 40]) }),
        ...(random.chance(0.7) && { app: random.pick(['2.0.9', '2.1', '3.0.0-beta']) }),
      };
      for (const flagKey of ['checkout', 'first', 'second']) {
        const theirs = official.createUserContext(`user-${index}`, attributes).decide(flagKey);
        const ours = decide(config, createUserSnapshot(`user-${index}`, attributes), flagKey);
        served.add(`${flagKey} ${ours.rule?.key} ${ours.variation?.key}`);
        expect({
          variationKey: ours.variation?.key ?? null,
          ruleKey: ours.rule?.key ?? null,
          enabled: ours.enabled,
          variables: ours.variables,
        }).toEqual({
          variationKey: theirs.variationKey,
          ruleKey: theirs.ruleKey,
          enabled: theirs.enabled,
          variables: theirs.variables,
        });
      }
    }
    expect(served.size).toBeGreaterThan(15);
  }
});
