import { describe, expect, it } from 'vitest';
import { createHydratedUser, createSnapshot } from '../src/index.ts';
import { createShopClient } from './recording.ts';

describe('snapshots', () => {
  it('carry decisions to a page and nothing about the user', () => {
    const user = createShopClient().createUserContext('ada@example.com', { plan: 'a secret plan' });
    const text = JSON.stringify(createSnapshot(user.decideAll(['INCLUDE_REASONS'])));
    expect(text).not.toMatch(/ada|secret|reasons/);
    const hydrated = createHydratedUser(JSON.parse(text));
    for (const flagKey of ['checkout', 'split', 'banner', 'nothing']) {
      const { variationKey, enabled, variables, ruleKey } = user.decide(flagKey);
      expect(hydrated.decide(flagKey)).toEqual({ flagKey, variationKey, enabled, variables, ruleKey, reasons: [] });
    }
  });

  it('take a list of decisions as well as a record', () => {
    const user = createShopClient().createUserContext('ada');
    const decisions = user.decideForKeys(['checkout', 'unknown']);
    expect(createSnapshot([user.decide('checkout'), user.decide('unknown')])).toEqual(createSnapshot(decisions));
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'checkout'],
    ['one decision', createShopClient().createUserContext('ada').decide('checkout')],
    ['a map', new Map([['checkout', createShopClient().createUserContext('ada').decide('checkout')]])],
  ])('are not made of %s', (_what, given) => {
    expect(() => createSnapshot(given as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });

  it.each(['unknown', '__proto__', 'constructor'])('answer an error decision for "%s"', (flagKey) => {
    expect(createHydratedUser(createSnapshot([])).decide(flagKey)).toEqual({
      flagKey,
      variationKey: null,
      enabled: false,
      variables: {},
      ruleKey: null,
      reasons: [`No decision for flag "${flagKey}" in the snapshot.`],
    });
  });

  it.each([null, undefined, {}, 5, { decisions: 5 }, { decisions: null }, { decisions: {} }, { decisions: [null, 5] }])(
    'that did not make it into the page (%j) have no decisions',
    (snapshot) => {
      expect(createHydratedUser(snapshot as null).decide('checkout').enabled).toBe(false);
    },
  );

  it('that are still text are refused, with what to do', () => {
    const text = JSON.stringify({ version: 1, decisions: [] });
    expect(() => createHydratedUser(text as never)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining('JSON.parse') }),
    );
  });
});
