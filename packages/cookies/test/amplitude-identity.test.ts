import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  amplitudeCookieName,
  type CookiePreference,
  type CookieSource,
  generateAmplitudeCookie,
  readAmplitudeIdentity,
} from '../src/index.ts';

const apiKey = '0123456789abcdef';
const legacyCookie = 'amp_012345=legacy-device.dXNlcg==.1.........';
const browserCookie = `AMP_0123456789=${generateAmplitudeCookie('browser-device', { format: 'browser-2' })}`;

describe('readAmplitudeIdentity', () => {
  it('reads a legacy cookie', () => {
    expect(readAmplitudeIdentity(`a=1; ${legacyCookie}; b=2`, apiKey)).toEqual({
      deviceId: 'legacy-device',
      userId: 'user',
      optOut: true,
      format: 'legacy',
    });
  });

  it('prefers the cookie of the current browser SDK', () => {
    expect(readAmplitudeIdentity(`${legacyCookie}; ${browserCookie}`, apiKey)).toEqual({
      deviceId: 'browser-device',
      optOut: true,
      format: 'browser-2',
    });
  });

  it('takes null for an option that is absent, and a host of another type for one that does not fit', () => {
    const header = [session({ deviceId: 'one', cookieDomain: '.a.example' }), session({ deviceId: 'two' })]
      .map((value) => `AMP_0123456789=${value}`)
      .join('; ');
    for (const preference of [null, {}, { host: null, domain: null }, { host: 5 }, { host: ['b.example'] }]) {
      expect(readAmplitudeIdentity(header, apiKey, preference as CookiePreference).deviceId).toMatch(/one|two/);
    }
    for (const options of [null, { format: null }] as never[]) {
      expect(amplitudeCookieName(apiKey, options)).toBe('amp_012345');
      expect(generateAmplitudeCookie('d', options)).toBe('d..........');
    }
  });

  it('falls back to the legacy cookie when the other one has no device id', () => {
    const optedOut = btoa(encodeURIComponent('{"optOut":true}'));
    expect(readAmplitudeIdentity(`AMP_0123456789=broken; ${legacyCookie}`, apiKey).deviceId).toBe('legacy-device');
    expect(readAmplitudeIdentity(`AMP_0123456789=${optedOut}; ${legacyCookie}`, apiKey).deviceId).toBe('legacy-device');
    expect(readAmplitudeIdentity(`AMP_0123456789=${optedOut}`, apiKey)).toEqual({ optOut: true, format: 'browser-2' });
  });

  it('reads a record of parsed cookies and a look-up function', () => {
    const value = generateAmplitudeCookie('d', { format: 'browser-2' });
    const name = amplitudeCookieName(apiKey, { format: 'browser-2' });
    const expected = { deviceId: 'd', format: 'browser-2' };
    expect(readAmplitudeIdentity({ [name]: value }, apiKey)).toEqual(expected);
    expect(readAmplitudeIdentity({ [name]: encodeURIComponent(value) }, apiKey)).toEqual(expected);
    expect(readAmplitudeIdentity((asked) => (asked === name ? value : undefined), apiKey)).toEqual(expected);
    expect(readAmplitudeIdentity(() => null, apiKey)).toEqual({});
  });

  it('looks for a legacy cookie only with a key too short for the other name', () => {
    expect(readAmplitudeIdentity(legacyCookie, '012345').deviceId).toBe('legacy-device');
  });

  it.each(['', '12345', undefined, 7])('refuses the key %j', (key) => {
    expect(() => readAmplitudeIdentity(legacyCookie, key as string)).toThrowError(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it('does not read names that every object has', () => {
    expect(readAmplitudeIdentity({}, '__proto__')).toEqual({});
    expect(readAmplitudeIdentity({}, 'constructor')).toEqual({});
  });

  it('reads quoted values and is not confused by names that contain the name', () => {
    expect(readAmplitudeIdentity(`xamp_012345=no.; amp_012345="yes.........."`, apiKey).deviceId).toBe('yes');
    expect(readAmplitudeIdentity('amp_0123456=no.', apiKey)).toEqual({});
  });
});

const session = (fields: object) => btoa(encodeURIComponent(JSON.stringify(fields)));

describe('[COOK-09] the sources a server has', () => {
  const name = 'AMP_0123456789';
  const value = session({ deviceId: 'd', optOut: true });
  const pair = `${name}=${value}`;
  const headers: IncomingHttpHeaders = { host: 'a.example', cookie: `a=1; ${pair}`, 'set-cookie': ['x'] };
  /** As Next.js has it, awaited: one entry per name. */
  class CookieStore {
    get(asked: string) {
      return this.getAll(asked)[0];
    }
    getAll(asked?: string) {
      return [
        { name, value },
        { name: 'other', value: 'x' },
      ].filter((cookie) => !asked || cookie.name === asked);
    }
  }
  /** As old Workers have them. */
  class OldHeaders extends Headers {
    getAll(): never {
      throw new TypeError('getAll() can only be used with the header name "Set-Cookie".');
    }
  }

  const sources: readonly (readonly [string, CookieSource])[] = [
    ['a header', `a=1; ${pair}; b=2`],
    ['a header that a proxy folded with commas', `a=1, ${pair}, b=2`],
    ['a header that a proxy folded without spaces', `a=1,${pair}`],
    ['request.headers of Node', headers],
    ['headers of API Gateway', { Host: 'a.example', Cookie: `a=1; ${pair}` }],
    ['multiValueHeaders', { Host: ['a.example'], Cookie: ['a=1', `${pair}; b=2`] }],
    ['a list of headers', ['a=1', `${pair}; b=2`]],
    ['event.cookies of API Gateway', ['a=1', pair]],
    [
      'headers.cookie of Lambda@Edge',
      [
        { key: 'Cookie', value: 'a=1' },
        { key: 'Cookie', value: pair },
      ],
    ],
    ['headers of Lambda@Edge', { host: [{ key: 'Host', value: 'a' }], cookie: [{ key: 'cookie', value: pair }] }],
    ['Headers', new Headers({ cookie: `a=1; ${pair}` })],
    ['Headers with a getAll of their own', new OldHeaders({ cookie: `a=1; ${pair}` })],
    [
      'a Map of cookies',
      new Map([
        ['a', '1'],
        [name, value],
      ]),
    ],
    ['a Map of headers', new Map([['Cookie', pair]])],
    ['a store with get and getAll', new CookieStore()],
    ['a list of all cookies of a store', new CookieStore().getAll()],
    ['a store with get alone', { get: (asked: string) => (asked === name ? { value } : undefined) }],
    ['a record', { a: '1', [name]: value }],
    ['a record without a prototype', Object.assign(Object.create(null), { [name]: value })],
    ['a record of lists', { [name]: [value] }],
    ['a record of { name, value }', { [name]: { name, value } }],
    ['a look-up function', (asked: string) => (asked === name ? value : null)],
    [
      'a look-up function that answers { name, value }',
      (asked: string) => (asked === name ? { name, value } : undefined),
    ],
    ['a look-up function that answers a list', (asked: string) => (asked === name ? [{ name, value }] : [])],
  ];

  it.each(sources)('include %s', (_, source) => {
    expect(readAmplitudeIdentity(source, apiKey)).toEqual({ deviceId: 'd', optOut: true, format: 'browser-2' });
  });

  it.each([
    [null],
    [undefined],
    [''],
    [[]],
    [{}],
    [new Map()],
    [new Headers()],
    [() => undefined],
    [{ cookie: undefined }],
  ])('include one without cookies: %o', (source) => {
    expect(readAmplitudeIdentity(source as CookieSource, apiKey)).toEqual({});
  });
});

describe('[COOK-08] several cookies of one name', () => {
  const header = (...cookies: object[]) => cookies.map((fields) => `AMP_0123456789=${session(fields)}`).join('; ');
  const app = { deviceId: 'app', optOut: false, lastEventTime: 9, cookieDomain: 'app.shop.example' };
  const shop = { deviceId: 'shop', optOut: true, lastEventTime: 5, cookieDomain: '.shop.example' };
  const other = { deviceId: 'other', lastEventTime: 99, cookieDomain: '.other.example' };
  const bare = { deviceId: 'bare', lastEventTime: 7 };

  it('say no to tracking when one of them does, in any order', () => {
    for (const cookies of [
      header(app, shop),
      header(shop, app),
      header(app, bare, shop),
      header({ optOut: true }, app),
    ]) {
      expect(readAmplitudeIdentity(cookies, apiKey).optOut).toBe(true);
    }
    expect(readAmplitudeIdentity(header(app, bare), apiKey).optOut).toBe(false);
  });

  it.each([
    ['the newest', [bare, app, shop], {}, 'app'],
    ['the first of equals', [{ deviceId: 'one' }, { deviceId: 'two' }], {}, 'one'],
    ['the one for the domain', [app, bare, shop], { domain: 'shop.example' }, 'shop'],
    [
      'the one for the domain, whatever the host',
      [app, shop],
      { domain: '.SHOP.example', host: 'app.shop.example' },
      'shop',
    ],
    ['the longest part of the host', [shop, app], { host: 'app.shop.example:8080' }, 'app'],
    ['a part of the host', [other, shop], { host: 'www.shop.example' }, 'shop'],
    ['not the end of a longer name', [{ ...other, cookieDomain: 'p.example' }, bare], { host: 'shop.example' }, 'bare'],
    ['one without a domain before one of another site', [other, bare], { host: 'www.shop.example' }, 'bare'],
    ['one with a device id', [{ userId: 'u', cookieDomain: '.shop.example' }, bare], { host: 'shop.example' }, 'bare'],
  ] as const)('give the ids of %s', (_, cookies, preference: CookiePreference, expected) => {
    expect(readAmplitudeIdentity(header(...cookies), apiKey, preference).deviceId).toBe(expected);
  });
});
