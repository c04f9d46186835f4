import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { profileKey } from '../src/profile-key.ts';

describe('profileKey', () => {
  it.each([
    ['ada', 'p:ada'],
    ['', 'p:'],
    ['a:b/c d', 'p:a%3Ab%2Fc%20d'],
    ['{tag}*\r\n', 'p:%7Btag%7D*%0D%0A'],
    ['zürich😀', 'p:z%C3%BCrich%F0%9F%98%80'],
    ['x'.repeat(128), `p:${'x'.repeat(128)}`],
  ])('percent-encodes %j', (userId, key) => {
    expect(profileKey('p:', userId)).toBe(key);
  });

  it.each(['x'.repeat(129), 'ü'.repeat(22), '😀'.repeat(1_000_000)])(
    'hashes what would take more than 128 bytes',
    (userId) => {
      expect(profileKey('p:', userId)).toBe(`p:${createHash('sha256').update(userId).digest('hex')}`);
    },
  );

  it('takes lone surrogates for U+FFFD, as bucketing does', () => {
    expect(profileKey('p:', 'a\ud800b')).toBe('p:a%EF%BF%BDb');
    expect(profileKey('p:', 'a\udc00'.repeat(100))).toMatch(/^p:[0-9a-f]{64}$/);
  });
});
