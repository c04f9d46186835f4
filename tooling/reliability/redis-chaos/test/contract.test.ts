import { createRedisProfileStore, type RedisClient, type RedisProfileStoreOptions } from '@sortition/profile-redis';
import {
  canStartRedis,
  type RedisCluster,
  type RedisServer,
  startRedisCluster,
  startRedisServer,
} from '@sortition/rig';
import { describeUserProfileStore, type ProfileStoreUnderTest } from '@sortition/testing/contracts';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  CLIENT_NAMES,
  CLUSTER_CLIENT_NAMES,
  type ConnectedClient,
  connectClient,
  connectCluster,
} from '../src/clients.ts';

/** Long, so that a slow machine does not turn a test of the contract into one of timeouts. */
const TIMEOUT_MS = 5_000;

function under(
  client: RedisProfileStoreOptions['client'],
  options: Partial<RedisProfileStoreOptions> = {},
): ProfileStoreUnderTest {
  const create = () => createRedisProfileStore({ client, timeoutMs: TIMEOUT_MS, ...options });
  const store = create();
  return { store, sibling: create, close: () => store.close?.() };
}

describe.skipIf(!canStartRedis())('over one server', () => {
  let server: RedisServer;
  const connected = new Map<string, ConnectedClient>();
  const clientOf = (name: string): RedisClient => {
    const { client } = connected.get(name) ?? {};
    if (client === undefined) throw new Error(`no client ${name}`);
    return client;
  };
  beforeAll(async () => {
    server = await startRedisServer();
    await server.command('ACL', 'SETUSER', 'plain', 'on', 'nopass', '~*', '+@all', '-@scripting');
    for (const name of CLIENT_NAMES) connected.set(name, connectClient(name, server.port));
    const restricted = connectClient('ioredis', server.port);
    await (restricted.client as { call(command: string, args: string[]): Promise<unknown> }).call('AUTH', [
      'plain',
      '',
    ]);
    connected.set('restricted', restricted);
  });
  afterAll(async () => {
    for (const { disconnect } of connected.values()) await disconnect();
    await server?.close();
  });

  for (const name of CLIENT_NAMES) {
    describeUserProfileStore(`the Redis store over ${name}`, () => under(clientOf(name)));
    describeUserProfileStore(`the Redis store with layout json over ${name}`, () =>
      under(clientOf(name), { layout: 'json' }),
    );
  }
  describeUserProfileStore('[RED-12] the Redis store without scripting rights', () => under(clientOf('restricted')));
  describeUserProfileStore('the Redis store over an object with a method "command"', () => {
    const client = clientOf('ioredis') as { call(command: string, args: string[]): Promise<unknown> };
    return under({ command: (_key, [name = '', ...args]) => client.call(name, args) });
  });
});

describe.skipIf(!canStartRedis())('over a cluster of three nodes', () => {
  let cluster: RedisCluster;
  const connected = new Map<string, ConnectedClient>();
  beforeAll(async () => {
    cluster = await startRedisCluster();
    const ports = cluster.masters.map(({ port }) => port);
    for (const name of CLUSTER_CLIENT_NAMES) connected.set(name, await connectCluster(name, ports));
  }, 40_000);
  afterAll(async () => {
    for (const { disconnect } of connected.values()) await disconnect();
    await cluster?.close();
  });

  for (const name of CLUSTER_CLIENT_NAMES) {
    for (const layout of ['hash', 'json'] as const) {
      describeUserProfileStore(`the Redis store with layout ${layout} over ${name}`, () =>
        under(connected.get(name)?.client as RedisClient, { layout }),
      );
    }
  }
});
