/** Verdicts are remembered for a user and a config; whatever is another user or another config starts anew. */
import { expect, it } from 'vitest';
import { decide, withAttribute, withForcedDecisions, withSegments } from '../src/index.ts';
import { project, rule, user } from './project.ts';

const isPro = ['and', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }];
const isVip = ['and', { type: 'third_party_dimension', match: 'qualified', value: 'vip' }];

function behind(audienceConditions: string[], audiences: Record<string, unknown[]>) {
  const experiments = [rule('1', ['11'], { audienceConditions })];
  return project({ experiments, audiences: audiences as Record<string, never[]> });
}

const forPros = behind(['pro'], { vip: isVip, pro: isPro });
const forVips = behind(['vip'], { vip: isVip, pro: isPro });
const served = (config: typeof forPros, who: ReturnType<typeof user>) => decide(config, who, 'a').variation?.id ?? null;

it('a changed attribute is another user', () => {
  const before = user('ada', { plan: 'free' });
  expect(served(forPros, before)).toBeNull();
  const after = withAttribute(before, 'plan', 'pro');
  expect([served(forPros, after), served(forPros, before)]).toEqual(['11', null]);
  expect(served(forPros, withAttribute(after, 'plan', undefined))).toBeNull();
});

it('other segments are another user', () => {
  const before = user('ada');
  expect(served(forVips, before)).toBeNull();
  const after = withSegments(before, new Set(['vip']));
  expect([served(forVips, after), served(forVips, before)]).toEqual(['11', null]);
  expect(served(forVips, withSegments(after, null))).toBeNull();
});

it('another config has audiences of its own, whatever their ids', () => {
  const ada = user('ada', { plan: 'pro' });
  const everyone = behind(['pro'], { pro: ['not', isPro] });
  expect([served(forPros, ada), served(everyone, ada), served(forPros, ada)]).toEqual(['11', null, '11']);
});

it('a forced decision changes no verdict', () => {
  const ada = user('ada', { plan: 'pro' });
  served(forPros, ada);
  expect(served(forPros, withForcedDecisions(ada, new Map()))).toBe('11');
});

it('audiences with the same conditions and without a verdict are judged each on its own', () => {
  const unknown = { type: 'custom_attribute', name: 'plan', match: 'exact', value: 1 };
  const ada = user('ada', { plan: 'pro' });
  const config = behind(['u', 'pro'], { u: ['and', unknown], pro: isPro });
  expect([served(config, ada), served(config, ada)]).toEqual(['11', '11']);
  expect(served(behind(['u'], { u: ['and', unknown] }), ada)).toBeNull();
});
