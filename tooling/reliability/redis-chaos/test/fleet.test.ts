import { canStartRedis, type RedisServer, startRedisServer } from '@sortition/rig';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runFleet } from '../src/fleet.ts';

describe.skipIf(!canStartRedis())('processes that decide for the same users at the same time', () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await startRedisServer();
  });
  afterEach(() => server?.close());

  it('[RED-07] 8 processes, 200 users, 20 experiments: nothing is lost and every caller got what is stored', async () => {
    const { port } = server;
    const result = await runFleet({ port, layout: 'hash', processes: 8, users: 200, experiments: 20 });
    expect(result).toMatchObject({ decisions: 32_000, lost: 0, disagreeing: 0 });
  }, 120_000);

  it('[RED-07] the same holds for profiles kept as JSON documents', async () => {
    const { port } = server;
    const result = await runFleet({ port, layout: 'json', processes: 4, users: 20, experiments: 20 });
    expect(result).toMatchObject({ decisions: 1_600, lost: 0, disagreeing: 0 });
  }, 120_000);
});
