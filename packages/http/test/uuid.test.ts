import { afterEach, expect, test, vi } from 'vitest';
import { randomUuid } from '../src/index.ts';

const { crypto: realCrypto } = globalThis;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['crypto.randomUUID', realCrypto],
  [
    'crypto.getRandomValues alone',
    { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => realCrypto.getRandomValues(bytes) },
  ],
  ['no crypto at all', undefined],
])('ids are version 4 UUIDs and differ, with %s', (_, crypto) => {
  vi.stubGlobal('crypto', crypto);
  const ids = Array.from({ length: 100 }, randomUuid);
  for (const id of ids) expect(id).toMatch(UUID);
  expect(new Set(ids).size).toBe(100);
});
