import { computeBucket } from '@sortition/core';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { createClient, createStaticConfig } from 'sortition';
import { afterAll, describe, expect, test } from 'vitest';
import { buildProject } from '../../src/page/lab/project.ts';
import type { WireDatafile } from '../../src/page/lab/wire-datafile.ts';
import { whyNot } from '../../src/page/users/why-not.ts';

const datafile = createShopDatafile('http://127.0.0.1:1');
const project = buildProject(datafile as unknown as WireDatafile);
const client = createClient({ config: createStaticConfig({ datafile }), events: null });
afterAll(() => client.close());

function ask(userId: string, attributes: Record<string, string | number>, flagKey: string, variationKey: string) {
  const user = client.createUserContext(userId, attributes);
  const flag = project.flags.find(({ key }) => key === flagKey);
  if (flag === undefined) throw new Error(`The shop has no flag ${flagKey}.`);
  const bucketingId = String(attributes.$opt_bucketing_id ?? userId);
  return { user, answers: whyNot(user.explain(flagKey), flag, project, { variationKey, bucketingId }) };
}

describe('the answer to "why not this variation?"', () => {
  test('names the bucket, whose it is, and a bucketing id with which it would be the other', () => {
    const { user, answers } = ask('katherine', { plan: 'gold' }, 'checkout', 'express');
    const got = user.decide('checkout').variationKey;
    const bucket = computeBucket('katherine', '2001').toLocaleString('en-GB');
    expect(got).toBe('one_page');
    expect(answers).toEqual([
      {
        ruleKey: 'checkout_redesign',
        why: `katherine has bucket ${bucket}, which is one of 5,000 to 7,999, those of one_page.`,
        changes: [
          'The bucket would have to be one of 8,000 to 9,999, those of express.',
          expect.stringMatching(/^With the bucketing id katherine-\d+ it would be\.$/),
        ],
      },
    ]);
    const [, id = ''] = /id (\S+)/.exec(answers[0]?.changes[1] ?? '') ?? [];
    const other = client.createUserContext('katherine', { plan: 'gold', $opt_bucketing_id: id });
    expect(other.decide('checkout').variationKey).toBe('express');
  });

  test('names the condition that was not met, what the user has, and what the bucket would decide then', () => {
    const [answer] = ask('ada', { plan: 'silver' }, 'checkout', 'classic').answers;
    expect(answer?.why).toMatch(/^The user is not in the audience of the rule, which is for /);
    expect(answer?.changes.join('\n')).toContain('plan would have to be "gold"; it is "silver".');
    expect(answer?.changes.at(-1)).toMatch(/^Then the bucket would decide, which is [\d,]+ in this rule: that is /);
  });

  test('names the rule that comes first', () => {
    const { user, answers } = ask('ada', { country: 'FR', cart_total: 80 }, 'free_shipping', 'on');
    const served = user.decide('free_shipping').ruleKey;
    const later = answers.find(({ why }) => why.includes('comes first'));
    expect(later?.why).toContain(`${served} comes first`);
  });

  test('says that the application forces another, and nothing of a variation that no rule has', () => {
    const user = client.createUserContext('katherine', { plan: 'gold' });
    user.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'classic' });
    const flag = project.flags.find(({ key }) => key === 'checkout') as (typeof project.flags)[number];
    const question = { variationKey: 'express', bucketingId: 'katherine' };
    expect(whyNot(user.explain('checkout'), flag, project, question)[0]?.why).toMatch(/forces classic/);
    expect(whyNot(user.explain('checkout'), flag, project, { ...question, variationKey: 'nothing' })).toEqual([]);
  });

  test('says that a rule is paused', () => {
    const paused = project.flags.map((flag) => ({
      ...flag,
      rules: flag.rules.map((rule) => ({ ...rule, isRunning: false })),
    }));
    const flag = paused.find(({ key }) => key === 'checkout') as (typeof paused)[number];
    const user = client.createUserContext('katherine', { plan: 'gold' });
    const question = { variationKey: 'express', bucketingId: 'katherine' };
    expect(whyNot(user.explain('checkout'), flag, project, question)[0]).toMatchObject({ why: 'The rule is paused.' });
  });
});
