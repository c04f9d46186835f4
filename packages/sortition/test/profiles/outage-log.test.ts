import { expect, it } from 'vitest';
import { createShopClient } from '../recording.ts';

it('[RED-02] a store that fails every decision is counted each time and logged once a second', () => {
  const lines: [object, string][] = [];
  const ignore = (): void => undefined;
  const client = createShopClient({
    profiles: {
      lookup: () => {
        throw new Error('down');
      },
    },
    logger: { debug: ignore, info: ignore, warn: (...line) => void lines.push(line), error: ignore },
  });
  for (let index = 0; index < 1_000; index += 1) client.createUserContext(`user-${index}`).decide('split');
  expect(client.stats().problems).toEqual({ 'profile-lookup-failed': 1_000 });
  expect(lines.length).toBeLessThan(20);
});
