import { describe, expect, it } from 'vitest';
import { amplitudeCookieName, generateAmplitudeCookie, parseAmplitudeCookie } from '../src/index.ts';

const browser = { format: 'browser-2' } as const;
const legacy = { format: 'legacy' } as const;

/** What the browser's SDK writes, from a session. */
const encode = (session: unknown) => btoa(encodeURIComponent(JSON.stringify(session)));

describe('amplitudeCookieName', () => {
  it.each([
    ['1234567', undefined, 'amp_123456'],
    ['123456', legacy, 'amp_123456'],
    ['1234567890', browser, 'AMP_1234567890'],
    ['12345678901', browser, 'AMP_1234567890'],
  ])('names the cookie of key %s', (key, options, name) => {
    expect(amplitudeCookieName(key, options)).toBe(name);
  });

  it.each([
    ['', undefined],
    ['12345', legacy],
    ['123456789', browser],
    ['12345678', browser],
    [undefined, undefined],
    [null, browser],
    [1_234_567_890, browser],
    ['ab;def', legacy],
    ['ab def', legacy],
    ['ab\r\ndef', legacy],
    ['äbcdef', legacy],
  ])('refuses the key %j', (key, options) => {
    expect(() => amplitudeCookieName(key as string, options)).toThrowError(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });

  it('refuses a format it does not know', () => {
    expect(() => amplitudeCookieName('1234567890', { format: 'newest' as 'legacy' })).toThrow(/browser-2/);
  });
});

describe('parseAmplitudeCookie', () => {
  const session = {
    deviceId: 'f3b1c2d4-0000-4000-8000-1234567890ab',
    userId: 'user@example.com',
    sessionId: 1_700_000_000_000,
    optOut: false,
    lastEventTime: 1_700_000_001_000,
    lastEventId: 5,
    pageCounter: 2,
    cookieDomain: '.example.com',
  };

  it.each([
    ['deviceId...1f1gkeib1.1f1gkeib1.dv.1ir.20q', { deviceId: 'deviceId' }],
    [
      'deviceId.dGVzdEBhbXBsaXR1ZGUuY29t..1f1gkeib1.1f1gkeib1.dv.1ir.20q',
      { deviceId: 'deviceId', userId: 'test@amplitude.com' },
    ],
    ['deviceId.Y8O3Pg==..1f1gkeib1.1f1gkeib1.dv.1ir.20q', { deviceId: 'deviceId', userId: 'c÷>' }],
  ])('reads the legacy value %s', (value, ids) => {
    const expected = {
      ...ids,
      sessionId: 1_616_539_765_089,
      lastEventTime: 1_616_539_765_089,
      lastEventId: 447,
      identifyId: 1627,
      sequenceNumber: 2074,
    };
    expect(parseAmplitudeCookie(value, legacy)).toEqual(expected);
    expect(parseAmplitudeCookie(value)).toEqual(expected);
  });

  it.each([
    ['JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJkZXZpY2VJZCUyMiU3RA==', { deviceId: 'deviceId' }],
    [
      'JTdCJTIydXNlcklkJTIyJTNBJTIydGVzdCU0MGFtcGxpdHVkZS5jb20lMjIlMkMlMjJkZXZpY2VJZCUyMiUzQSUyMmRldmljZUlkJTIyJTdE',
      { deviceId: 'deviceId', userId: 'test@amplitude.com' },
    ],
    ['JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJzb21lRGV2aWNlSWQlMjIlN0Q=', { deviceId: 'someDeviceId' }],
    [
      'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJzb21lRGV2aWNlSWQlMjIlMkMlMjJ1c2VySWQlMjIlM0ElMjJleGFtcGxlJTQwYW1wbGl0dWRlLmNvbSUyMiU3RA==',
      { deviceId: 'someDeviceId', userId: 'example@amplitude.com' },
    ],
    [
      'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJzb21lRGV2aWNlSWQlMjIlMkMlMjJ1c2VySWQlMjIlM0ElMjJjJUMzJUI3JTNFJTIyJTdE',
      { deviceId: 'someDeviceId', userId: 'c÷>' },
    ],
    ['JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjAlMjJzb21lRGV2aWNlSWQlMjIlN0Q=', { deviceId: 'someDeviceId' }],
    ['invalidcookie', {}],
    [
      'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJmM2IxYzJkNC0wMDAwLTQwMDAtODAwMC0xMjM0NTY3ODkwYWIlMjIlMkMlMjJ1c2VySWQlMjIlM0ElMjJ1c2VyJTQwZXhhbXBsZS5jb20lMjIlMkMlMjJzZXNzaW9uSWQlMjIlM0ExNzAwMDAwMDAwMDAwJTJDJTIyb3B0T3V0JTIyJTNBZmFsc2UlMkMlMjJsYXN0RXZlbnRUaW1lJTIyJTNBMTcwMDAwMDAwMTAwMCUyQyUyMmxhc3RFdmVudElkJTIyJTNBNSUyQyUyMnBhZ2VDb3VudGVyJTIyJTNBMiUyQyUyMmNvb2tpZURvbWFpbiUyMiUzQSUyMi5leGFtcGxlLmNvbSUyMiU3RA==',
      session,
    ],
  ])('reads the browser value %s', (value, expected) => {
    expect(parseAmplitudeCookie(value, browser)).toEqual(expected);
    expect(parseAmplitudeCookie(value)).toEqual(expected);
  });

  it.each([
    ['percent-encoded padding', 'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJkZXZpY2VJZCUyMiU3RA%3D%3D'],
    ['one of two padding characters', 'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJkZXZpY2VJZCUyMiU3RA='],
    ['no padding', 'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJkZXZpY2VJZCUyMiU3RA'],
    ['JSON that is not percent-encoded', btoa('{"deviceId":"deviceId"}')],
  ])('reads a browser value with %s', (_, value) => {
    expect(parseAmplitudeCookie(value, browser)).toEqual({ deviceId: 'deviceId' });
  });

  it('reads the URL-safe alphabet', () => {
    const value = encode({ deviceId: 'a~b~~c' });
    expect(value).toContain('+');
    expect(parseAmplitudeCookie(value.replace(/\+/g, '-'), browser)).toEqual({ deviceId: 'a~b~~c' });
  });

  it.each([
    ['', {}],
    ['deviceId', { deviceId: 'deviceId' }],
    ['deviceId.', { deviceId: 'deviceId' }],
    ['.', {}],
    ['.dXNlcg==', { userId: 'user' }],
    ['deviceId.dXNlcg', { deviceId: 'deviceId', userId: 'user' }],
    ['deviceId.!!!!', { deviceId: 'deviceId' }],
    ['deviceId./w==', { deviceId: 'deviceId' }],
    ['device.id.with.dots', { deviceId: 'device', optOut: true }],
    ['deviceId.8J+agA==', { deviceId: 'deviceId', userId: '🚀' }],
    ['deviceId.8J%2BagA==', { deviceId: 'deviceId', userId: '🚀' }],
    ['deviceId..1.', { deviceId: 'deviceId', optOut: true }],
    ['deviceId..0.', { deviceId: 'deviceId', optOut: true }],
    ['deviceId...0.-5.zz', { deviceId: 'deviceId' }],
  ])('reads the irregular legacy value %j', (value, expected) => {
    const { sessionId, lastEventTime, lastEventId, identifyId, sequenceNumber, ...rest } = parseAmplitudeCookie(
      value,
      legacy,
    );
    expect(rest).toEqual(expected);
  });

  it.each([
    [{ deviceId: 123, userId: true }, {}],
    [{ userId: 'u' }, { userId: 'u' }],
    [{ deviceId: 'd', debugLogsEnabled: 'yes', sessionId: '5', lastEventId: 1.5, pageCounter: -1 }, { deviceId: 'd' }],
    [
      { deviceId: 'd', optOut: 'yes' },
      { deviceId: 'd', optOut: true },
    ],
    [{ deviceId: 'd', unknown: 'x' }, { deviceId: 'd' }],
    [
      { deviceId: 'd', optOut: true },
      { deviceId: 'd', optOut: true },
    ],
    [null, {}],
    [[], {}],
    ['text', {}],
    [5, {}],
  ])('takes from the session %j only what has its type', (content, expected) => {
    expect(parseAmplitudeCookie(encode(content), browser)).toEqual(expected);
  });

  it('takes a value of 4,096 characters and none that is longer', () => {
    const value = `deviceId${'.'.repeat(4088)}`;
    expect(value).toHaveLength(4096);
    expect(parseAmplitudeCookie(value)).toEqual({ deviceId: 'deviceId' });
    expect(parseAmplitudeCookie(`${value}.`)).toEqual({});
  });
});

describe('generateAmplitudeCookie', () => {
  it.each([
    ['deviceId', undefined, 'deviceId..........'],
    ['deviceId', browser, 'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJkZXZpY2VJZCUyMiU3RA=='],
    ['dév ice/+?', browser, 'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJkJUMzJUE5diUyMGljZSUyRiUyQiUzRiUyMiU3RA=='],
    ['🚀', browser, 'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjIlRjAlOUYlOUElODAlMjIlN0Q='],
    ['a~b~~c', browser, 'JTdCJTIyZGV2aWNlSWQlMjIlM0ElMjJhfmJ+fmMlMjIlN0Q='],
  ])('writes %s', (deviceId, options, value) => {
    expect(generateAmplitudeCookie(deviceId, options)).toBe(value);
    expect(parseAmplitudeCookie(value)).toEqual({ deviceId });
  });

  it.each(['', undefined, null, 5, 'a\nb', '\ud800', 'x'.repeat(513)])('refuses %j in both formats', (deviceId) => {
    for (const options of [legacy, browser]) {
      expect(() => generateAmplitudeCookie(deviceId as string, options)).toThrowError(
        expect.objectContaining({ code: 'invalid-option' }),
      );
    }
  });

  it.each(['a.b', 'a b', 'a;b', 'a,b', 'a"b', 'a\\b', 'a%20b', 'ü', '.'])(
    'refuses %s in the legacy format, which has no escapes',
    (deviceId) => {
      expect(() => generateAmplitudeCookie(deviceId)).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
      expect(parseAmplitudeCookie(generateAmplitudeCookie(deviceId, browser))).toEqual({ deviceId });
    },
  );

  it('refuses an id that makes the value longer than a browser keeps', () => {
    expect(() => generateAmplitudeCookie('🚀'.repeat(300), browser)).toThrow(/short/);
  });
});
