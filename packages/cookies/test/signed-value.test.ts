import { createHmac } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { signCookieValue, verifyCookieValue } from '../src/index.ts';

const key = 'a key of 32 characters, or so....';
const oldKey = 'an older key of enough characters';

describe('signCookieValue', () => {
  it('appends the HMAC-SHA-256 of the value', async () => {
    const signature = createHmac('sha256', key).update('device-1').digest('base64url');
    expect(await signCookieValue('device-1', key)).toBe(`device-1.${signature}`);
  });

  it.each(['', 'a b', 'a;b', 'a"b', 'ü', 'x'.repeat(2049), undefined])('refuses the value %j', async (value) => {
    await expect(signCookieValue(value as string, key)).rejects.toMatchObject({ code: 'invalid-option' });
  });

  it.each(['', 'fifteen chars..', undefined])('refuses the key %j', async (weak) => {
    await expect(signCookieValue('a', weak as string)).rejects.toMatchObject({ code: 'invalid-option' });
  });
});

describe('verifyCookieValue', () => {
  it('returns the value, dots included, when one of the keys signed it', async () => {
    const signed = await signCookieValue('device.1', oldKey);
    expect(await verifyCookieValue(signed, [key, oldKey])).toBe('device.1');
    expect(await verifyCookieValue(signed, [key])).toBeUndefined();
    expect(await verifyCookieValue(signed, [])).toBeUndefined();
  });

  it('returns nothing for a value that was changed in any character', async () => {
    const signed = await signCookieValue('device-1', key);
    for (let index = 0; index < signed.length - 1; index += 1) {
      const changed = signed.slice(0, index) + (signed[index] === 'A' ? 'B' : 'A') + signed.slice(index + 1);
      expect(await verifyCookieValue(changed, [key])).toBeUndefined();
    }
  });

  it.each([undefined, null, '', '.', 'device-1', `.${'A'.repeat(43)}`, 'x'.repeat(5000), 7])(
    'returns nothing for %j',
    async (signed) => {
      expect(await verifyCookieValue(signed as string, [key])).toBeUndefined();
    },
  );

  it('[NET-02] needs no TextEncoder, and takes keys beyond ASCII for the same bytes', async () => {
    const odd = 'a key of größer ünd 🚀 \ud800';
    const signature = createHmac('sha256', new TextEncoder().encode(odd)).update('device-1').digest('base64url');
    vi.stubGlobal('TextEncoder', undefined);
    try {
      expect(await signCookieValue('device-1', odd)).toBe(`device-1.${signature}`);
      expect(await verifyCookieValue(`device-1.${signature}`, [odd])).toBe('device-1');
      expect(await verifyCookieValue(`\ud800.${signature}`, [odd])).toBeUndefined();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
