import { describe, expect, it } from 'vitest';
import { linkTo, parseRoute } from '../../src/page/route.ts';
import { readUser, userParameters } from '../../src/page/users/explored-user.ts';

describe('addresses', () => {
  it.each([
    ['', 'flags', null],
    ['#/', 'flags', null],
    ['#/results/2001', 'results', '2001'],
    ['#/nowhere', 'flags', null],
    ['#/flags/a%2Fb', 'flags', 'a/b'],
    ['#/flags/100%', 'flags', '100%'],
  ])('%s is the view %s', (hash, view, selected) => {
    expect(parseRoute(hash)).toMatchObject({ view, selected });
  });

  it('come back from a link as they went in', () => {
    const user = { userId: 'a & b/ü?', fields: { plan: 'gold=1', note: '' } };
    const { view, selected, parameters } = parseRoute(linkTo('users', 'x/y', userParameters(user)));
    expect({ view, selected }).toEqual({ view: 'users', selected: 'x/y' });
    expect(readUser(parameters)).toEqual({ userId: user.userId, fields: { plan: 'gold=1' } });
  });

  it('hold no user unless one is named', () => {
    expect(readUser(parseRoute('#/users').parameters)).toBeNull();
    expect(readUser(parseRoute('#/users?user=').parameters)).toEqual({ userId: '', fields: {} });
  });
});
