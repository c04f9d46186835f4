import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRemoteClient } from '../../src/node/index.ts';
import { openClient, openCountingServer } from '../clients.ts';

describe('the entry for Node', () => {
  it('keeps its connections for fetches in a row, and closes them', async () => {
    const server = await openCountingServer((_request, response) => response.end('{}'));
    const client = openClient(createRemoteClient, server.url);
    for (let index = 0; index < 20; index += 1) await client.fetch({ user_id: `u-${index}` });
    expect(server.open()).toBeLessThanOrEqual(2);
    await client.close();
    await expect.poll(() => server.open()).toBe(0);
  });

  it('is what Node gets, and only Node', () => {
    const resolve = (condition: string) =>
      execFileSync(
        process.execPath,
        [
          '--conditions',
          condition,
          '--input-type=module',
          '-e',
          "console.log(import.meta.resolve('@sortition/remote'))",
        ],
        { cwd: fileURLToPath(new URL('../..', import.meta.url)), encoding: 'utf8' },
      ).trim();
    expect(resolve('@sortition/source')).toMatch(/\/src\/node\/index\.ts$/);
    expect(resolve('other')).toMatch(/\/dist\/node\.js$/);
  });
});
