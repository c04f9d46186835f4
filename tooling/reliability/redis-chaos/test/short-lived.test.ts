import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { canStartRedis, startRedisServer } from '@sortition/rig';
import { describe, expect, it } from 'vitest';
import { bundle } from '../src/bundle.ts';

describe.skipIf(!canStartRedis())('a script that ends without closing its client', () => {
  it('[LIFE-02] exits, whether Redis answers or is down', async () => {
    const server = await startRedisServer();
    const file = await bundle('short-lived');
    try {
      // Ten times the second it may take: a hang would be for good.
      const run = () => promisify(execFile)(process.execPath, [file, String(server.port)], { timeout: 10_000 });
      expect(await run()).toEqual({ stdout: '', stderr: '' });
      await server.kill();
      expect(await run()).toEqual({ stdout: '', stderr: '' });
    } finally {
      await rm(file, { force: true });
      await server.close();
    }
  }, 40_000);
});
