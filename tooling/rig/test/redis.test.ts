import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  canStartRedis,
  type RedisServer,
  startRedisCluster,
  startRedisServer,
  startWatchedRedis,
} from '../src/index.ts';

describe.skipIf(!canStartRedis())('a Redis server for tests', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.close());

  it('answers commands', async () => {
    expect(await server.command('SET', 'key', 'ü')).toBe('+OK\r\n');
    expect(await server.command('GET', 'key')).toBe('$2\r\nü\r\n');
    expect(await server.command('NONSENSE')).toMatch(/^-ERR/);
  });

  it('is frozen and thawed', async () => {
    server.freeze();
    const pending = server.command('PING');
    const early = await Promise.race([pending, new Promise((resolve) => setTimeout(() => resolve('frozen'), 100))]);
    expect(early).toBe('frozen');
    server.thaw();
    expect(await pending).toBe('+PONG\r\n');
  });

  it('is killed and comes back empty on its port', async () => {
    await server.command('SET', 'key', 'value');
    await server.kill();
    await expect(server.command('PING')).rejects.toThrow();
    await server.restart();
    expect(await server.command('GET', 'key')).toBe('$-1\r\n');
  });
});

describe.skipIf(!canStartRedis())('a Redis Cluster for tests', () => {
  it('has three masters that own every slot, and replicas when asked for', async () => {
    const cluster = await startRedisCluster({ replicas: 1 });
    try {
      expect(await cluster.masters[0]?.command('CLUSTER', 'INFO')).toContain('cluster_slots_ok:16384');
      expect(await cluster.replicas[2]?.command('ROLE')).toContain('slave');
    } finally {
      await cluster.close();
    }
  }, 40_000);
});

describe.skipIf(!canStartRedis())('a watched Redis for tests', () => {
  it('makes the replica the master when the master is killed', async () => {
    const { sentinel, master, replica, close, name } = await startWatchedRedis();
    try {
      await master.command('SET', 'key', 'value');
      await expect.poll(() => replica.command('GET', 'key'), { timeout: 5_000 }).toContain('value');
      await master.kill();
      await expect.poll(() => replica.command('ROLE'), { timeout: 20_000 }).toContain('master');
      const askForMaster = () => sentinel.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name);
      await expect.poll(askForMaster, { timeout: 20_000 }).toContain(String(replica.port));
    } finally {
      await close();
    }
  });
});
