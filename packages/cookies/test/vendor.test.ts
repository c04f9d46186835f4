/** Name, parse and generate beside the vendor's own Node SDK: what one writes the other reads, deviations listed. */
import { AmplitudeCookie } from '@amplitude/experiment-node-server';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type AmplitudeCookieFormat,
  amplitudeCookieName,
  generateAmplitudeCookie,
  parseAmplitudeCookie,
} from '../src/index.ts';

const formats: readonly AmplitudeCookieFormat[] = ['legacy', 'browser-2'];

const ours = (value: string, format: AmplitudeCookieFormat) => {
  const { deviceId, userId } = parseAmplitudeCookie(value, { format });
  return { device_id: deviceId, user_id: userId };
};
const theirs = (value: string, format: AmplitudeCookieFormat) => {
  const { device_id, user_id } = AmplitudeCookie.parse(value, format === 'browser-2');
  return { device_id, user_id };
};

/** A generated value, or `undefined` when it is refused. */
const generated = (deviceId: string, format: AmplitudeCookieFormat) => {
  try {
    return generateAmplitudeCookie(deviceId, { format });
  } catch {
    return undefined; // only accepted ids are compared
  }
};

const session = (fields: object) => btoa(encodeURIComponent(JSON.stringify(fields)));

beforeAll(() => {
  // It reports every malformed cookie there.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

describe('beside the official Node SDK', () => {
  it('names cookies alike', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\da-f]{10,32}$/), (key) => {
        for (const format of formats) {
          expect(amplitudeCookieName(key, { format })).toBe(AmplitudeCookie.cookieName(key, format === 'browser-2'));
        }
      }),
    );
  });

  it('[COOK-05] writes the same bytes for every accepted device id, and each reads what the other wrote', () => {
    let compared = 0;
    const ids = fc.oneof(fc.uuid(), fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(ids, fc.constantFrom(...formats), (deviceId, format) => {
        const value = generated(deviceId, format);
        if (value === undefined) return;
        compared += 1;
        expect(value).toBe(AmplitudeCookie.generate(deviceId, format === 'browser-2'));
        expect(theirs(value, format)).toEqual({ device_id: deviceId, user_id: undefined });
        expect(ours(value, format)).toEqual({ device_id: deviceId, user_id: undefined });
      }),
      { numRuns: 2_000 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it('[COOK-05] reads the same ids from what browsers write', () => {
    const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((id) => !/\p{Cc}/u.test(id));
    const legacyId = fc.stringMatching(/^[\w-]{1,40}$/);
    fc.assert(
      fc.property(text, text, legacyId, fc.nat(), (deviceId, userId, plainId, time) => {
        const browser = session({ deviceId, userId, sessionId: time, optOut: false, lastEventTime: time });
        expect(ours(browser, 'browser-2')).toEqual(theirs(browser, 'browser-2'));
        expect(ours(browser, 'browser-2')).toEqual({ device_id: deviceId, user_id: userId });
        const encodedId = Buffer.from(userId).toString('base64');
        const legacy = `${plainId}.${encodedId}..${time.toString(32)}.${time.toString(32)}.0.0.0`;
        expect(ours(legacy, 'legacy')).toEqual(theirs(legacy, 'legacy'));
        expect(ours(legacy, 'legacy')).toEqual({ device_id: plainId, user_id: userId });
      }),
      { numRuns: 1_000 },
    );
  });

  // Every row is a row of the table in the README.
  describe('deviations', () => {
    it('legacy: an absent or empty id is absent, not an empty text', () => {
      expect(theirs('', 'legacy')).toEqual({ device_id: '', user_id: undefined });
      expect(ours('', 'legacy')).toEqual({ device_id: undefined, user_id: undefined });
      expect(theirs('deviceId.!!!!', 'legacy').user_id).toBe('');
      expect(ours('deviceId.!!!!', 'legacy').user_id).toBeUndefined();
    });

    it('legacy: a user id that is not valid UTF-8 is absent, not a replacement character', () => {
      expect(theirs('deviceId./w==', 'legacy').user_id).toBe('\ufffd');
      expect(ours('deviceId./w==', 'legacy').user_id).toBeUndefined();
    });

    it('both formats: a percent-encoded value is decoded', () => {
      expect(theirs('deviceId.8J%2BagA==', 'legacy').user_id).not.toBe('🚀');
      expect(ours('deviceId.8J%2BagA==', 'legacy').user_id).toBe('🚀');
      const encoded = encodeURIComponent(session({ deviceId: 'deviceId' }));
      expect(encoded).toContain('%3D');
      expect(theirs(encoded, 'browser-2').device_id).toBeUndefined();
      expect(ours(encoded, 'browser-2').device_id).toBe('deviceId');
    });

    it('browser-2: ids that are no texts are absent', () => {
      const value = session({ deviceId: 123, userId: true });
      expect(theirs(value, 'browser-2')).toEqual({ device_id: 123, user_id: true });
      expect(ours(value, 'browser-2')).toEqual({ device_id: undefined, user_id: undefined });
    });

    it('both formats: ids with control characters or more than 512 characters are absent', () => {
      for (const deviceId of ['a\nb', 'x'.repeat(513)]) {
        expect(theirs(session({ deviceId }), 'browser-2').device_id).toBe(deviceId);
        expect(ours(session({ deviceId }), 'browser-2').device_id).toBeUndefined();
      }
    });

    it('both formats: a value over 4,096 characters is no cookie', () => {
      const value = `deviceId.${'A'.repeat(4096)}`;
      expect(theirs(value, 'legacy').device_id).toBe('deviceId');
      expect(ours(value, 'legacy').device_id).toBeUndefined();
    });

    it('generate refuses what could not be read back or would break the header', () => {
      for (const deviceId of ['', 'a.b', 'a;b', 'a b', 'a\nb', 'ü', 'a%2Eb']) {
        expect(AmplitudeCookie.generate(deviceId)).toBe(`${deviceId}..........`);
        expect(generated(deviceId, 'legacy')).toBeUndefined();
      }
      expect(AmplitudeCookie.generate(undefined as never)).toBe('undefined..........');
      expect(generated(undefined as never, 'legacy')).toBeUndefined();
    });

    it('name refuses keys that are no texts or no part of a cookie name with SdkError', () => {
      expect(() => AmplitudeCookie.cookieName(undefined as never)).toThrow(TypeError);
      expect(AmplitudeCookie.cookieName('ab;def')).toBe('amp_ab;def');
      for (const key of [undefined as never, 'ab;def']) {
        expect(() => amplitudeCookieName(key)).toThrowError(expect.objectContaining({ code: 'invalid-option' }));
      }
    });
  });
});
