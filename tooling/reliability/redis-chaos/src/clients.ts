/** The clients the store is tried with. Options are those an application would set; the store needs none of them. */

import type { RedisClient } from '@sortition/profile-redis';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';

export interface ConnectedClient {
  readonly client: RedisClient;
  /** Ends the connection, as its owner. */
  disconnect(): Promise<void> | void;
}

export type ClientName = 'ioredis' | 'node-redis' | 'node-redis over RESP2';
export const CLIENT_NAMES: readonly ClientName[] = ['ioredis', 'node-redis', 'node-redis over RESP2'];

/** Between two attempts to connect again, at most. */
const RECONNECT_MS = 200;

/** Starts a client; it connects when it can, so the server may be away. */
export function connectClient(name: ClientName, port: number): ConnectedClient {
  if (name === 'ioredis') {
    const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => RECONNECT_MS });
    client.on('error', () => undefined);
    return { client, disconnect: () => client.disconnect() };
  }
  const client = createClient({
    RESP: name === 'node-redis' ? 3 : 2,
    url: `redis://127.0.0.1:${port}`,
    socket: { reconnectStrategy: () => RECONNECT_MS },
  });
  client.on('error', () => undefined);
  void client.connect().catch(() => undefined);
  return { client, disconnect: () => client.destroy() };
}

export type ClusterClientName = 'ioredis Cluster' | 'node-redis cluster';
export const CLUSTER_CLIENT_NAMES: readonly ClusterClientName[] = ['ioredis Cluster', 'node-redis cluster'];

/** Starts a cluster client on the given nodes. */
export async function connectCluster(name: ClusterClientName, ports: readonly number[]): Promise<ConnectedClient> {
  if (name === 'ioredis Cluster') {
    const client = new Cluster(ports.map((port) => ({ port, host: '127.0.0.1' })));
    client.on('error', () => undefined);
    return { client, disconnect: () => client.disconnect() };
  }
  const client = createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
  client.on('error', () => undefined);
  await client.connect();
  return { client, disconnect: () => client.destroy() };
}
