import {
  amplitudeSetCookie,
  generateAmplitudeCookie,
  parseAmplitudeCookie,
  readAmplitudeIdentity,
  verifyCookieValue,
} from '@sortition/cookies';
import { isSdkError } from '@sortition/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startBound, startFuzzRun } from '../src/fuzz-run.ts';

const { seed, factor } = startFuzzRun('cookies');
const parameters = { seed, numRuns: 5_000 * factor };
const KEY = '0123456789abcdef';

const base64 = fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString('base64'));
const json = fc.json().map((text) => Buffer.from(encodeURIComponent(text)).toString('base64'));
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  base64,
  json,
  fc.array(fc.oneof(base64, fc.string()), { maxLength: 12 }).map((fields) => fields.join('.')),
  fc.string({ unit: fc.constantFrom('%', '2', '5', 'e', '.', '=', '"', ';', '\u0000'), maxLength: 5_000 }),
);

it('any value is read as usable ids or none, at once', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (value) => {
      const endBound = startBound();
      const header = `amp_${KEY.slice(0, 6)}=${value}; AMP_${KEY.slice(0, 10)}=${value}`;
      for (const cookie of [parseAmplitudeCookie(value), readAmplitudeIdentity(header, KEY)]) {
        for (const id of [cookie.deviceId, cookie.userId]) {
          if (id !== undefined) expect(id).toMatch(/^[^\p{Cc}\p{Cs}]{1,512}$/u);
        }
      }
      expect(await verifyCookieValue(value, ['a key of sixteen characters'])).toBe(undefined);
      endBound();
    }),
    parameters,
  );
});

it('any id is written so that it can be read back, or refused by name', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom('legacy', 'browser-2'), hostile, (deviceId, format, path) => {
      try {
        expect(parseAmplitudeCookie(generateAmplitudeCookie(deviceId, { format }), { format }).deviceId).toBe(deviceId);
        const header = amplitudeSetCookie({ apiKey: KEY, deviceId, cookies: null, format, path: `/${path}` });
        expect(header).toMatch(/^[\x21-\x7e]+(; [\x20-\x3a\x3c-\x7e]+)*$/);
      } catch (error) {
        if (!isSdkError(error)) throw error;
        expect(error.code).toBe('invalid-option');
      }
    }),
    parameters,
  );
});
