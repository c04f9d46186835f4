import { describe, expect, it } from 'vitest';
import { amplitudeCookieName, generateAmplitudeCookie, readAmplitudeIdentity } from '../src/index.ts';

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
      format: 'browser-2',
    });
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
