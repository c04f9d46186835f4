import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRedisProfileStore, type RedisClient } from '@sortition/profile-redis';
import { canStartRedis, createCertificate, type RedisServer, startRedisServer } from '@sortition/rig';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.skipIf(!canStartRedis())('[RED-12] a Redis server over TLS', () => {
  let server: RedisServer;
  let tlsPort: number;
  let ca: string;
  beforeAll(async () => {
    server = await startRedisServer();
    // Servers are given ports whose neighbour 10,000 above is free, too.
    tlsPort = server.port + 10_000;
    const { key, cert } = await createCertificate();
    ca = cert;
    const [keyFile, certFile] = ['key.pem', 'cert.pem'].map((name) => join(server.folder, name)) as [string, string];
    writeFileSync(keyFile, key);
    writeFileSync(certFile, cert);
    const files = ['tls-key-file', keyFile, 'tls-cert-file', certFile, 'tls-ca-cert-file', certFile];
    const reply = await server.command(
      ...['CONFIG', 'SET', ...files, 'tls-auth-clients', 'no', 'tls-port', String(tlsPort)],
    );
    expect(reply).toBe('+OK\r\n');
  });
  afterAll(() => server?.close());

  const connect = (name: 'ioredis' | 'node-redis', trusted: string | undefined) => {
    if (name === 'ioredis') {
      const client = new Redis({ port: tlsPort, host: '127.0.0.1', tls: { ca: trusted } });
      client.on('error', () => undefined);
      return { client: client as RedisClient, disconnect: () => client.disconnect() };
    }
    const socket = { tls: true as const, ...(trusted !== undefined && { ca: trusted }) };
    const client = createClient({ url: `rediss://127.0.0.1:${tlsPort}`, socket });
    client.on('error', () => undefined);
    void client.connect().catch(() => undefined);
    return { client: client as RedisClient, disconnect: () => client.destroy() };
  };

  it.each(['ioredis', 'node-redis'] as const)('%s: keeps assignments', async (name) => {
    const { client, disconnect } = connect(name, ca);
    const store = createRedisProfileStore({ client, timeoutMs: 5_000, prefix: `${name}:` });
    expect(await store.assign?.('ada', { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
    expect(await store.assign?.('ada', { e1: { variationId: 'v2' } })).toEqual({ e1: 'v1' });
    expect(await store.lookup?.('ada')).toMatchObject({ experiment_bucket_map: { e1: { variation_id: 'v1' } } });
    await store.close?.();
    await disconnect();
  });

  it.each(['ioredis', 'node-redis'] as const)('%s: an untrusted certificate is as good as down', async (name) => {
    const { client, disconnect } = connect(name, undefined);
    const store = createRedisProfileStore({ client, timeoutMs: 500 });
    await expect(store.lookup?.('ada')).rejects.toMatchObject({ name: 'SdkError' });
    expect(await store.assign?.('ada', { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
    expect(store.stats()).toMatchObject({ waitingUsers: 1 });
    await store.close?.();
    await disconnect();
  });
});
