import { describe, expect, it } from 'vitest';
import { maskError, maskSecret, maskSecrets } from '../src/index.ts';
import { UNREADABLE } from './unreadable.ts';

describe('masking', () => {
  it('[SEC-02] shows at most six characters and at most a quarter of a secret', () => {
    expect(['', 'abc', 'abcd', 'secret-key-of-some-length', 'x'.repeat(1_000)].map(maskSecret)).toEqual([
      '****',
      '****',
      'a****',
      'secret****',
      'xxxxxx****',
    ]);
  });

  it('[SEC-02] replaces every occurrence in a text and leaves texts without secrets alone', () => {
    expect(maskSecrets('key=abcdefgh&again=abcdefgh', ['abcdefgh', ''])).toBe('key=ab****&again=ab****');
    expect(maskSecrets('nothing here', ['abcdefgh'])).toBe('nothing here');
  });

  it('[SEC-02] copies an error only when it shows a secret, also deep in its causes and without end', () => {
    const clean = new Error('fine', { cause: new Error('also fine') });
    expect(maskError(clean, ['topsecret'])).toBe(clean);
    expect(maskError('topsecret as a text', ['topsecret'])).toBe('to**** as a text');
    const looped = new Error('topsecret');
    looped.cause = looped;
    expect(String(maskError(looped, ['topsecret']))).toBe('Error: to****');
  });

  it('[SEC-02] leaves out an error that cannot be read: it may show a secret all the same', () => {
    for (const [, error] of UNREADABLE) {
      expect(maskError(error, ['topsecret'])).toBeUndefined();
    }
  });
});
