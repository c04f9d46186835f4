/** The files that stand in for others in the build for pages: they say the same, with less code. */
import type { ImpressionEvent } from '@sortition/core';
import { expect, it, vi } from 'vitest';
import { byteLength } from '../src/byte-length.ts';
import { defaultFlushIntervalMs } from '../src/flush-interval.ts';
import { byteLength as byteLengthInPage } from '../src/page/byte-length.ts';
import { defaultFlushIntervalMs as defaultFlushIntervalMsInPage } from '../src/page/flush-interval.ts';
import * as page from '../src/page/remember.ts';
import * as main from '../src/remember.ts';

it.each(['', 'plain', 'größer', '漢字', '😀 and 😀', 'a\u0000b'])(
  '%j has as many bytes as the encoder makes',
  (text) => {
    const { length } = new TextEncoder().encode(text);
    expect([byteLength(text), byteLengthInPage(text)]).toEqual([length, length]);
  },
);

it('a batch fills for as long as in any page', () => {
  expect([defaultFlushIntervalMs(), defaultFlushIntervalMsInPage()]).toEqual([30_000, 1_000]);
  vi.stubGlobal('process', undefined);
  expect(defaultFlushIntervalMs()).toBe(1_000);
  vi.unstubAllGlobals();
});

it('what a server remembers a page makes again, and both are the same', () => {
  expect(Object.keys(page).sort()).toEqual(Object.keys(main).sort());
  const known = (key: string) => (key === 'plan' ? `<${key}>` : undefined);
  const impressions = ['on', 'off', 'on'].map((variationKey) => ({ flagKey: 'f', variationKey }) as ImpressionEvent);
  for (const { rememberByDecision, rememberByKey, rememberLast } of [main, page]) {
    expect(['plan', 'other', 'plan'].map(rememberByKey(known))).toEqual(['<plan>', undefined, '<plan>']);
    expect(impressions.map(rememberByDecision(({ variationKey }) => variationKey))).toEqual(['on', 'off', 'on']);
    const double = rememberLast(
      (number: number) => 2 * number,
      (one, other) => one === other,
    );
    expect([1, 1, 2].map(double)).toEqual([2, 2, 4]);
  }
});
