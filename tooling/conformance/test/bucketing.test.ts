import { computeBucket, murmur3 } from '@sortition/core';
import murmurhash from 'murmurhash';
import { expect, it } from 'vitest';
import { createRandom } from '../src/random.ts';

it('[IN-03] hashes equal those of murmurhash 2.0.1 on random texts, lone surrogates and controls included', () => {
  const random = createRandom(7);
  for (let count = 0; count < 20_000; count += 1) {
    const limit = random.pick([0x80, 0x250, 0x3000, 0x1_0000]);
    const units = Array.from({ length: random.below(40) }, () =>
      random.chance(0.1) ? random.between(0xd800, 0xdfff) : random.below(limit),
    );
    const text = String.fromCharCode(...units);
    const expected = murmurhash.v3(text, 1);
    if (murmur3(text) !== expected)
      expect.fail(`murmur3(${JSON.stringify(text)}) is ${murmur3(text)}, not ${expected}`);
    const bucket = computeBucket(text, '1886780721');
    const expectedBucket = Math.floor((murmurhash.v3(`${text}1886780721`, 1) / 2 ** 32) * 10_000);
    if (bucket !== expectedBucket) expect.fail(`the bucket of ${JSON.stringify(text)} is ${bucket}`);
  }
});

it('[IN-03] hashes texts of a megabyte, of one byte a character and of more', () => {
  for (const text of ['x'.repeat(1_000_000), 'é'.repeat(500_000), '😀'.repeat(250_000)]) {
    expect(murmur3(text)).toBe(murmurhash.v3(text, 1));
  }
});
