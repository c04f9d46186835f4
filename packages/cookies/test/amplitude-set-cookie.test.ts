import { describe, expect, it } from 'vitest';
import {
  amplitudeCookieName,
  amplitudeSetCookie,
  generateAmplitudeCookie,
  parseAmplitudeCookie,
  readAmplitudeIdentity,
  type SetCookieOptions,
} from '../src/index.ts';

const apiKey = '0123456789abcdef';
const fresh: SetCookieOptions = { apiKey, deviceId: 'device-1', cookies: null };

const browserCookie = (session: object) => `AMP_0123456789=${btoa(encodeURIComponent(JSON.stringify(session)))}`;

/** What the next request sends. */
const sentBack = (setCookie: string) => setCookie.split(';')[0] ?? '';

describe('amplitudeSetCookie', () => {
  it('writes a legacy cookie where there is none', () => {
    expect(amplitudeSetCookie(fresh)).toBe(
      'amp_012345=device-1..........; Max-Age=31536000; Path=/; Secure; SameSite=Lax',
    );
  });

  it('writes the attributes it is given', () => {
    const header = amplitudeSetCookie({
      ...fresh,
      format: 'browser-2',
      domain: '.example.com',
      path: '/shop',
      maxAgeSeconds: 60,
      sameSite: 'None',
      httpOnly: true,
    });
    expect(header).toBe(
      `${browserCookie({ deviceId: 'device-1', cookieDomain: '.example.com' })}; Max-Age=60; Domain=.example.com; Path=/shop; Secure; HttpOnly; SameSite=None`,
    );
    expect(amplitudeSetCookie({ ...fresh, maxAgeSeconds: null, secure: false, sameSite: 'Strict', domain: '' })).toBe(
      'amp_012345=device-1..........; Path=/; SameSite=Strict',
    );
  });

  it.each([
    ['browser-2', browserCookie({ deviceId: 'old', userId: 'ü', optOut: true, sessionId: 5, pageCounter: 7 })],
    ['legacy', 'amp_012345=old.w7w=.1.5......'],
  ] as const)('keeps user id, opt-out and session of an existing %s cookie', (format, cookies) => {
    for (const wanted of ['browser-2', 'legacy', undefined] as const) {
      const header = amplitudeSetCookie({ ...fresh, cookies, ...(wanted && { format: wanted }) });
      expect(readAmplitudeIdentity(sentBack(header), apiKey)).toEqual({
        deviceId: 'device-1',
        userId: 'ü',
        optOut: true,
        sessionId: 5,
        ...(format === 'browser-2' && wanted !== 'legacy' && { pageCounter: 7 }),
        format: wanted ?? format,
      });
    }
  });

  it('keeps every field of the same format', () => {
    const value = 'deviceId.Y8O3Pg==..1f1gkeib1.1f1gkeib1.dv.1ir.20q';
    const header = amplitudeSetCookie({ ...fresh, deviceId: 'deviceId', cookies: `amp_012345=${value}` });
    expect(header).toMatch(new RegExp(`^amp_012345=${value}\\.\\.\\.; `));
  });

  it('keeps an opt-out that came without a device id', () => {
    const header = amplitudeSetCookie({ ...fresh, cookies: browserCookie({ optOut: true }) });
    expect(readAmplitudeIdentity(sentBack(header), apiKey)).toEqual({
      deviceId: 'device-1',
      optOut: true,
      format: 'browser-2',
    });
  });

  it('keeps an opt-out noted in the other cookie alone', () => {
    const cookies = `${browserCookie({ optOut: true })}; amp_012345=old..........`;
    const header = amplitudeSetCookie({ ...fresh, cookies, format: 'browser-2' });
    expect(readAmplitudeIdentity(sentBack(header), apiKey).optOut).toBe(true);
  });

  it('does not turn an opt-out into consent, whatever it is told', () => {
    const cookies = browserCookie({ deviceId: 'd', optOut: true });
    const header = amplitudeSetCookie({ ...fresh, cookies, optOut: false as never });
    expect(readAmplitudeIdentity(sentBack(header), apiKey).optOut).toBe(true);
  });

  it('notes a user and an opt-out when asked to', () => {
    const header = amplitudeSetCookie({ ...fresh, userId: 'user', optOut: true });
    expect(parseAmplitudeCookie(sentBack(header).split('=').slice(1).join('='))).toEqual({
      deviceId: 'device-1',
      userId: 'user',
      optOut: true,
    });
  });

  it('insists on being shown the cookies', () => {
    const { cookies, ...blind } = fresh;
    for (const options of [blind, undefined, null, {}]) {
      expect(() => amplitudeSetCookie(options as SetCookieOptions)).toThrow(/opt-out/);
    }
    expect(amplitudeSetCookie({ ...blind, cookies: undefined })).toMatch(/^amp_012345=device-1/);
  });

  it('takes undefined options for none given', () => {
    const absent: Record<Exclude<keyof SetCookieOptions, 'apiKey' | 'deviceId' | 'cookies'>, undefined> = {
      format: undefined,
      userId: undefined,
      optOut: undefined,
      domain: undefined,
      host: undefined,
      path: undefined,
      maxAgeSeconds: undefined,
      sameSite: undefined,
      secure: undefined,
      httpOnly: undefined,
    };
    expect(amplitudeSetCookie({ ...fresh, ...absent })).toBe(amplitudeSetCookie(fresh));
    expect(amplitudeCookieName(apiKey, { format: undefined })).toBe(amplitudeCookieName(apiKey));
    expect(generateAmplitudeCookie('device-1', { format: undefined })).toBe(generateAmplitudeCookie('device-1'));
  });

  it('uses the domain the browser SDK noted, if it is one', () => {
    const withDomain = (cookieDomain: string) =>
      amplitudeSetCookie({ ...fresh, cookies: browserCookie({ deviceId: 'd', cookieDomain }) });
    expect(withDomain('.example.com')).toContain('; Domain=.example.com; ');
    expect(withDomain('a; Path=/x')).not.toMatch(/Domain|\/x/);
    expect(
      amplitudeSetCookie({
        ...fresh,
        cookies: browserCookie({ deviceId: 'd', cookieDomain: '.example.com' }),
        domain: '',
      }),
    ).not.toContain('Domain');
  });

  it('[COOK-08] keeps an opt-out of any cookie of the name, and takes the fields of the one for the domain', () => {
    const stale = browserCookie({ deviceId: 'old', userId: 'stale', optOut: false, cookieDomain: 'app.shop.example' });
    const current = browserCookie({ deviceId: 'new', userId: 'current', optOut: true, cookieDomain: '.shop.example' });
    for (const cookies of [`${stale}; ${current}`, `${current}; ${stale}`, [stale, current]]) {
      const header = amplitudeSetCookie({ ...fresh, cookies, domain: '.shop.example' });
      expect(header).toContain('; Domain=.shop.example; ');
      expect(readAmplitudeIdentity(sentBack(header), apiKey)).toEqual({
        deviceId: 'device-1',
        userId: 'current',
        optOut: true,
        cookieDomain: '.shop.example',
        format: 'browser-2',
      });
    }
  });

  it('[COOK-08] notes the domain it is written for, and none for this host only', () => {
    const cookies = browserCookie({ deviceId: 'd', cookieDomain: '.shop.example' });
    const noted = (domain?: string) =>
      readAmplitudeIdentity(sentBack(amplitudeSetCookie({ ...fresh, cookies, domain })), apiKey).cookieDomain;
    expect([noted(), noted('app.shop.example'), noted('')]).toEqual(['.shop.example', 'app.shop.example', undefined]);
  });

  it.each([
    { domain: 'a b' },
    { domain: 'a;b' },
    { domain: 'a\r\nb' },
    { domain: 'ä.example' },
    { path: '' },
    { path: 'shop' },
    { path: '/a;b' },
    { path: '/a\nb' },
    { path: '/ä' },
    { maxAgeSeconds: 0 },
    { maxAgeSeconds: -1 },
    { maxAgeSeconds: 1.5 },
    { maxAgeSeconds: Number.NaN },
    { sameSite: 'lax' },
    { sameSite: 'Lax; Domain=evil.example' },
    { sameSite: 'None', secure: false },
    { format: 'new' },
    { deviceId: 'a;b' },
    { deviceId: '' },
    { userId: 'a\nb' },
    { userId: '' },
    { apiKey: 'short' },
    { cookies: 5 },
    { cookies: true },
  ])('refuses %j', (wrong) => {
    expect(() => amplitudeSetCookie({ ...fresh, ...(wrong as object) })).toThrowError(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });
});
