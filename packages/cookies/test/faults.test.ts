/** The rows of the fault catalogue about cookies. */
import { IncomingMessage, OutgoingMessage } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AmplitudeCookie,
  amplitudeCookieName,
  amplitudeSetCookie,
  generateAmplitudeCookie,
  parseAmplitudeCookie,
  readAmplitudeIdentity,
  type SetCookieOptions,
  signCookieValue,
  verifyCookieValue,
} from '../src/index.ts';

const apiKey = '0123456789abcdef';
const formats = ['legacy', 'browser-2'] as const;
const refused = expect.objectContaining({ code: 'invalid-option' });
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.base64String(), fc.json().map(encode));

const HEADER =
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+=[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]*(; [A-Za-z-]+(=[\x20-\x3A\x3C-\x7E]*)?)*$/;

function encode(text: string): string {
  return btoa(encodeURIComponent(text));
}

function expectUsable(cookie: AmplitudeCookie): void {
  for (const id of [cookie.deviceId, cookie.userId]) {
    if (id === undefined) continue;
    expect(id).toBeTypeOf('string');
    expect([...id].length).toBeGreaterThan(0);
    expect([...id].length).toBeLessThanOrEqual(512);
    expect(id).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  }
}

describe('fault catalogue: cookies', () => {
  it('[COOK-01] parse answers any text with usable ids or none, and never throws', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(undefined, ...formats), (value, format) => {
        expectUsable(parseAmplitudeCookie(value, format && { format }));
        expectUsable(readAmplitudeIdentity(`AMP_0123456789=${value}; amp_012345=${value}`, apiKey));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['invalid base64', '!!!!', 'device.!!!!'],
    ['base64 of an impossible length', 'abcde', 'device.abcde'],
    ['invalid UTF-8', '/w==', 'device./w=='],
    ['JSON null', encode('null'), 'device.'],
    ['JSON array', encode('["deviceId"]'), 'device.'],
    ['JSON number', encode('5'), 'device.'],
    ['nested types', encode('{"deviceId":{"toString":1},"userId":["u"]}'), 'device.'],
    ['control characters', encode('{"deviceId":"a\\u0000b"}'), 'device.AA=='],
    ['an empty id', encode('{"deviceId":""}'), 'device.'],
    ['513 characters', encode(JSON.stringify({ deviceId: 'x'.repeat(513) })), `device.${btoa('x'.repeat(513))}`],
    ['half of a surrogate pair', encode('{"deviceId":"\\ud800"}'), 'device.7aCA'],
  ])('[COOK-01] %s is no id', (_, browser, legacy) => {
    expect(parseAmplitudeCookie(browser, { format: 'browser-2' })).toEqual({});
    expect(parseAmplitudeCookie(legacy, { format: 'legacy' })).toEqual({ deviceId: 'device' });
  });

  it('[COOK-01] a value with broken percent-encoding has no ids', () => {
    for (const format of formats) expect(parseAmplitudeCookie('device%zz.%', { format })).toEqual({});
  });

  it('[COOK-01] [SEC-05] keys of the prototype are no fields and reach no prototype', () => {
    const hostile = encode('{"__proto__":{"deviceId":"evil","optOut":true},"constructor":"x","toString":"x"}');
    const cookie = parseAmplitudeCookie(hostile);
    expect(Object.keys(cookie)).toEqual([]);
    expect(cookie.deviceId).toBeUndefined();
    expect(Object.getPrototypeOf(cookie)).toBe(Object.prototype);
    expect(({} as AmplitudeCookie).deviceId).toBeUndefined();
  });

  it.each([null, undefined, 5, Number.NaN, true, {}, [], Symbol('s'), 5n, new String('device..')])(
    '[COOK-02] no text is no cookie: %o',
    (value) => {
      expect(parseAmplitudeCookie(value as string)).toEqual({});
      for (const format of formats) expect(parseAmplitudeCookie(value as string, { format })).toEqual({});
    },
  );

  it.each([
    5,
    Number.NaN,
    true,
    Symbol('s'),
    5n,
    new String('amp_012345=device.'),
    new Date(),
    new Set(['amp_012345=device.']),
    [5],
    [{}],
    { headers: { cookie: 'amp_012345=device.' } },
    new IncomingMessage(new Socket()),
  ])('[COOK-09] what has no cookies is refused and not read as none: %o', (source) => {
    expect(() => readAmplitudeIdentity(source as never, apiKey)).toThrowError(refused);
    expect(() => amplitudeSetCookie({ apiKey, deviceId: 'd', cookies: source as never })).toThrowError(refused);
  });

  it('[COOK-09] promises are refused, by whatever they are answered, and may reject', async () => {
    const late = () => Promise.reject(new Error('too late'));
    for (const source of [late(), late, { get: late }, { get: () => null, getAll: late }, { amp_012345: late() }]) {
      expect(() => readAmplitudeIdentity(source as never, apiKey)).toThrow('await it first');
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it.each([
    [{ key: 5, value: 'x' }],
    [{ key: { toString: 1, valueOf: 1 }, value: 'x' }],
    [{ name: ['Cookie'], value: 'x' }],
    [{ value: { value: 'x' } }],
  ])('[COOK-09] what a visitor makes of a parsed cookie is no exception: %o', (value) => {
    for (const source of [{ amp_012345: value }, () => value, new Map([['amp_012345', [value]]])]) {
      expect(readAmplitudeIdentity(source as never, apiKey)).toEqual({});
    }
  });

  it('[COOK-10] a header that was not read to its end leads to no cookie', () => {
    const optedOut = `AMP_0123456789=${encode('{"optOut":true}')}`;
    const cookies = `${'x=1; '.repeat(3_620)}${optedOut}`;
    expect(cookies.length).toBeGreaterThan(18_000);
    for (const source of [
      cookies,
      { cookie: cookies },
      [{ key: 'Cookie', value: cookies }],
      new Headers({ cookie: cookies }),
    ]) {
      expect(() => amplitudeSetCookie({ apiKey, deviceId: 'd', cookies: source })).toThrow('opt-out');
    }
    const parts = Array.from({ length: 200 }, (_, index) => `c${index}=${'y'.repeat(100)}`);
    expect(() => amplitudeSetCookie({ apiKey, deviceId: 'd', cookies: [...parts, optedOut] })).toThrow('opt-out');
  });

  it.each([
    ['the number 1', encode('{"deviceId":"d","optOut":1}')],
    ['the text "true"', encode('{"deviceId":"d","optOut":"true"}')],
    ['an object', encode('{"deviceId":"d","optOut":{}}')],
    ['broken percent-encoding at the end', `${encode('{"deviceId":"d","optOut":true}')}%`],
    ['broken percent-encoding in the middle', 'JTdCJTIyZGV2a%zzWNlSWQlMjIlM0ElMjJkJTIyJTdE'],
    ['bytes that are not UTF-8', `${encode('{"optOut":false}')}%ff`],
    ['broken percent-encoding inside', btoa('%7B%22deviceId%22%3A%22d%22%2C%22optOut%22%3Atrue%7D%')],
    ['a JSON that is cut short', btoa('%7B%22optOut%22%3Atrue%2C%22deviceId%22%3A%22d')],
  ])('[COOK-11] an opt-out is heard in %s', (_, value) => {
    const cookies = `AMP_0123456789=${value}`;
    expect(readAmplitudeIdentity(cookies, apiKey).optOut).toBe(true);
    const written = amplitudeSetCookie({ apiKey, deviceId: 'd', cookies });
    expect(readAmplitudeIdentity(written.split(';')[0], apiKey).optOut).toBe(true);
  });

  it('[COOK-11] an opt-out is heard beside a legacy device id with a broken percent sign', () => {
    expect(readAmplitudeIdentity('amp_012345=dev%ice..1........', apiKey)).toEqual({ optOut: true, format: 'legacy' });
    expect(parseAmplitudeCookie('dev%ice..1........')).toEqual({ optOut: true });
  });

  it.each([
    ['the newer cookie says nothing of one', { deviceId: 'd' }, 'old..1........', true, 'browser-2'],
    ['the newer cookie has no device id', { optOut: true }, 'old..........', true, 'legacy'],
    [
      'the newer cookie says that there is none',
      { deviceId: 'd', optOut: false },
      'old..1........',
      false,
      'browser-2',
    ],
  ])('[COOK-11] of two formats an opt-out counts as in a page when %s', (_, fields, legacy, optOut, format) => {
    const cookies = `AMP_0123456789=${encode(JSON.stringify(fields))}; amp_012345=${legacy}`;
    expect(readAmplitudeIdentity(cookies, apiKey)).toMatchObject({ optOut, format });
    const written = amplitudeSetCookie({ apiKey, deviceId: 'd', cookies });
    expect(readAmplitudeIdentity(written.split(';')[0], apiKey).optOut).toBe(optOut);
  });

  it.each([
    [false, false],
    [0, false],
    ['', false],
    ['false', false],
    ['0', false],
    [null, undefined],
  ])('[COOK-11] %j is not an opt-out', (optOut, expected) => {
    expect(parseAmplitudeCookie(encode(JSON.stringify({ optOut }))).optOut).toBe(expected);
  });

  it.each(['co.uk', '.co.uk', 'com.au', 'org.br', 'com', '.dev', 'uk.'])(
    '[COOK-12] %s is not taken for the domain of a cookie, though one says so',
    (cookieDomain) => {
      const cookies = `AMP_0123456789=${encode(JSON.stringify({ deviceId: 'd', cookieDomain }))}`;
      const written = amplitudeSetCookie({ apiKey, deviceId: 'd', cookies });
      expect(written).not.toContain('Domain=');
      expect(readAmplitudeIdentity(written.split(';')[0], apiKey).cookieDomain).toBeUndefined();
    },
  );

  it('[COOK-03] a value over 4,096 characters is no cookie', () => {
    expect(parseAmplitudeCookie(`d.${'a'.repeat(5000)}`)).toEqual({});
    expect(parseAmplitudeCookie('d'.repeat(1_000_000), { format: 'legacy' })).toEqual({});
  });

  it('[COOK-03] of two equal cookies of one name the first one counts', () => {
    expect(readAmplitudeIdentity('amp_012345=first.; amp_012345=second.', apiKey).deviceId).toBe('first');
  });

  it('[COOK-03] what lies beyond 16 KiB of a header is not read, and nothing is cut in two', () => {
    const filler = 'x=1; '.repeat(4000);
    expect(readAmplitudeIdentity(`${filler}amp_012345=late.`, apiKey)).toEqual({});
    const cut = `${'x'.repeat(16_384 - 'amp_012345=dev'.length - 2)}; amp_012345=device..........`;
    expect(readAmplitudeIdentity(cut, apiKey)).toEqual({});
    const manyCookies = Array.from({ length: 1000 }, (_, index) => `c${index}=${index}`).join('; ');
    expect(readAmplitudeIdentity(`${manyCookies}; amp_012345=device.`, apiKey).deviceId).toBe('device');
  });

  it('[COOK-03] the work does not grow with the square of the input', () => {
    const hostileHeaders = [';'.repeat(1_000_000), `amp_012345=${'"'.repeat(1_000_000)}`, '='.repeat(1_000_000)];
    const hostileValues = ['='.repeat(4096), '%25'.repeat(1300), '.'.repeat(4096), `d.${'='.repeat(4000)}x`];
    const started = performance.now();
    for (let round = 0; round < 20; round += 1) {
      for (const header of hostileHeaders) readAmplitudeIdentity(header, apiKey);
      for (const value of hostileValues) parseAmplitudeCookie(value);
    }
    // Linear work takes some tens of milliseconds; quadratic work on a million characters takes minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('[COOK-04] [SEC-04] whatever it is given, a header is well-formed or refused', () => {
    const text = fc.oneof(anyText, fc.constantFrom('a\r\nSet-Cookie: b=c', 'a;b', 'a,b', 'a=b', 'a b', 'ä', 'a\0b'));
    const options = fc.record(
      {
        deviceId: fc.oneof({ arbitrary: fc.uuid(), weight: 4 }, text),
        userId: fc.oneof({ arbitrary: fc.constant('üser'), weight: 4 }, text),
        apiKey: fc.oneof({ arbitrary: fc.constant(apiKey), weight: 4 }, text),
        domain: fc.oneof({ arbitrary: fc.domain(), weight: 4 }, text),
        path: fc.oneof({ arbitrary: fc.constant('/'), weight: 4 }, text),
        maxAgeSeconds: fc.oneof({ arbitrary: fc.integer({ min: -1 }), weight: 4 }, fc.double(), text),
        sameSite: fc.oneof({ arbitrary: fc.constantFrom('Lax', 'None'), weight: 4 }, text),
        format: fc.constantFrom(...formats),
        cookies: fc.oneof(
          text.map((value) => `amp_012345=${value}; AMP_0123456789=${value}`),
          text.map((value) => ({ amp_012345: value, AMP_0123456789: value })),
        ),
      },
      { requiredKeys: ['deviceId', 'apiKey', 'cookies'] },
    );
    let written = 0;
    fc.assert(
      fc.property(options, (given) => {
        let header: string;
        try {
          header = amplitudeSetCookie(given as SetCookieOptions);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-option' });
          return;
        }
        written += 1;
        expect(header).toMatch(HEADER);
        new OutgoingMessage().setHeader('set-cookie', header);
      }),
      { numRuns: 2_000 },
    );
    expect(written).toBeGreaterThan(100);
  });

  it('[COOK-04] names and values that could end a header are refused when they are built', () => {
    for (const hostile of ['a\r\nb: c', 'a\0bcdefgh', 'a;bcdefghij', 'a,bcdefghij', 'a=bcdefghij', 'a bcdefghij']) {
      for (const format of formats) {
        expect(() => amplitudeCookieName(hostile, { format })).toThrow('API key');
      }
      if (!hostile.includes('=')) expect(() => generateAmplitudeCookie(hostile)).toThrow('device id');
    }
  });

  it('[COOK-05] every accepted device id comes back from both formats', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.uuid()), (deviceId) => {
        for (const format of formats) {
          let value: string;
          try {
            value = generateAmplitudeCookie(deviceId, { format });
          } catch (error) {
            expect(error).toMatchObject({ code: 'invalid-option' });
            continue;
          }
          accepted += 1;
          for (const sent of [value, encodeURIComponent(value)]) {
            expect(parseAmplitudeCookie(sent, { format })).toEqual({ deviceId });
            expect(parseAmplitudeCookie(sent)).toEqual({ deviceId });
          }
        }
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(1_000);
  });

  it('[COOK-06] a cookie is Secure, SameSite=Lax and for the whole site unless told otherwise', () => {
    expect(amplitudeSetCookie({ apiKey, deviceId: 'd', cookies: null })).toMatch(/; Path=\/; Secure; SameSite=Lax$/);
  });

  it('[COOK-06] a device id chosen by somebody else shows when it was signed, also across a change of keys', async () => {
    const [oldKey, newKey] = ['an old key of enough characters', 'a new key of enough characters'];
    const companion = await signCookieValue('device-1', oldKey);
    expect(await verifyCookieValue(companion, [newKey, oldKey])).toBe('device-1');
    expect(await verifyCookieValue(companion.replace('device-1', 'device-2'), [newKey, oldKey])).toBeUndefined();
  });

  it('[COOK-07] a user id is written only when it is given or was in the cookie already', () => {
    const written = (cookies: string | null) =>
      parseAmplitudeCookie(amplitudeSetCookie({ apiKey, deviceId: 'd', cookies }).split(';')[0]?.slice(11));
    expect(written(null)).toEqual({ deviceId: 'd' });
    expect(written('amp_012345=d.dXNlcg==.')).toEqual({ deviceId: 'd', userId: 'user' });
  });
});
