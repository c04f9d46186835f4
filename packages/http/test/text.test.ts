import { afterEach, expect, test, vi } from 'vitest';
import { decodeUtf8, toWellFormed } from '../src/index.ts';

afterEach(() => vi.unstubAllGlobals());

test('[IN-03] lone surrogates become U+FFFD, as on the wire, and pairs stay', () => {
  for (const text of ['', 'a', '🚀', '\ud800', 'a\udc00b', '\ud83d\ude80\ud83d']) {
    expect(toWellFormed(text)).toBe(
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text)),
    );
  }
});

test('[NET-02] UTF-8 is read the same without a TextDecoder: every length, the mark, and what is broken', () => {
  const texts = ['', 'plain 100%', 'größer', '\ufeff{}', '€ 🚀 \u0000', '\uffff'];
  const broken = [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x22, 0x80, 0x22]];
  for (const decoder of [TextDecoder, undefined]) {
    const encoded = texts.map((text) => new TextEncoder().encode(text));
    vi.stubGlobal('TextDecoder', decoder);
    expect(encoded.map((bytes) => decodeUtf8(bytes, 'It'))).toEqual(texts);
    for (const bytes of broken) {
      expect(() => decodeUtf8(Uint8Array.from(bytes), 'It')).toThrowError(
        expect.objectContaining({ code: 'invalid-response' }),
      );
    }
  }
});
