import { expect, test } from 'vitest';
import { toWellFormed } from '../src/index.ts';

test('[IN-03] lone surrogates become U+FFFD, as on the wire, and pairs stay', () => {
  for (const text of ['', 'a', '🚀', '\ud800', 'a\udc00b', '\ud83d\ude80\ud83d']) {
    expect(toWellFormed(text)).toBe(
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text)),
    );
  }
});
