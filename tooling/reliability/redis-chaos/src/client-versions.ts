/**
 * Every client and version that the Redis adapters are tried with: the lower and the upper bound of each peer range, and
 * the versions in between where a client changed how it names keys, routes commands or groups them.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RedisClient } from '@sortition/profile-redis';

export interface ClientVersion {
  /** Package and version, such as `ioredis 5.8.2`. */
  readonly name: string;
  readonly family: 'ioredis' | 'node-redis';
  /** Whether the client has an option `keyPrefix`. */
  readonly hasKeyPrefix: boolean;
  connect(port: number, options?: ConnectOptions): Promise<ConnectedVersion>;
  connectCluster(ports: readonly number[], options?: ConnectOptions): Promise<ConnectedVersion>;
}

export interface ConnectOptions {
  readonly keyPrefix?: string;
  /** Only for the family of ioredis. */
  readonly enableAutoPipelining?: boolean;
  readonly username?: string;
  readonly password?: string;
}

export interface ConnectedVersion {
  readonly client: RedisClient;
  /** Sends a command of the application. */
  send(...command: string[]): Promise<unknown>;
  disconnect(): Promise<unknown> | unknown;
}

/** The package manager's names of the versions; see the catalog in `pnpm-workspace.yaml`. */
const IOREDIS = [
  'ioredis-5-0-0',
  'ioredis-5-4-1',
  'ioredis-5-8-2',
  'ioredis-5-9-2',
  'ioredis-5-10-1',
  'ioredis-5-11-1',
  'ioredis',
  'iovalkey',
];
const NODE_REDIS = ['redis-4-7-0', 'redis-4-7-1', 'redis-5-0-0', 'redis-5-12-1', 'redis-6-0-0', 'redis'];

const require = createRequire(import.meta.url);
const HOST = '127.0.0.1';

// biome-ignore lint/suspicious/noExplicitAny: the packages have a dozen incompatible types, and what is tried is their shape
type Loaded = any;

/** Loads a package of a devDependency's name. */
export function loadClient(alias: string): Loaded {
  return require(alias);
}

export const CLIENT_VERSIONS: readonly ClientVersion[] = [
  ...IOREDIS.map(ioredisVersion),
  ...NODE_REDIS.map(nodeRedisVersion),
];

function ioredisVersion(alias: string): ClientVersion {
  const load = (): Loaded => {
    const loaded = loadClient(alias);
    return loaded.Redis ?? loaded.default ?? loaded;
  };
  return {
    name: nameOf(alias),
    family: 'ioredis',
    hasKeyPrefix: true,
    async connect(port, options = {}) {
      const Redis = load();
      return ioredisConnection(new Redis({ port, host: HOST, retryStrategy: () => 100, ...options }));
    },
    async connectCluster(ports, { keyPrefix, enableAutoPipelining } = {}) {
      const Redis = load();
      const nodes = ports.map((port) => ({ port, host: HOST }));
      return ioredisConnection(new Redis.Cluster(nodes, { keyPrefix, enableAutoPipelining }));
    },
  };
}

function ioredisConnection(client: Loaded): ConnectedVersion {
  client.on('error', () => undefined);
  return {
    client,
    send: (...command: string[]) => client.call(...command),
    disconnect: () => client.disconnect(),
  };
}

function nodeRedisVersion(alias: string): ClientVersion {
  return {
    name: nameOf(alias),
    family: 'node-redis',
    hasKeyPrefix: alias === 'redis',
    async connect(port, { keyPrefix, username, password } = {}) {
      const account = username === undefined ? '' : `${username}:${password}@`;
      const client = loadClient(alias).createClient({
        url: `redis://${account}${HOST}:${port}`,
        socket: { reconnectStrategy: () => 100 },
        ...(keyPrefix !== undefined && { keyPrefix }),
      });
      return nodeRedisConnection(client);
    },
    async connectCluster(ports, { keyPrefix } = {}) {
      const rootNodes = ports.map((port) => ({ url: `redis://${HOST}:${port}` }));
      const client = loadClient(alias).createCluster({ rootNodes, ...(keyPrefix !== undefined && { keyPrefix }) });
      return nodeRedisConnection(client);
    },
  };
}

async function nodeRedisConnection(client: Loaded): Promise<ConnectedVersion> {
  client.on('error', () => undefined);
  await client.connect();
  return {
    client,
    send: (...command: string[]) => client.sendCommand(command),
    // Version 4 has only the older of the two names.
    disconnect: () => (client.destroy ? client.destroy() : client.disconnect()),
  };
}

function nameOf(alias: string): string {
  const { name, version } = readManifest(alias);
  return `${name === 'redis' ? 'node-redis' : name} ${version}`;
}

/** Not every package exports its manifest. */
function readManifest(alias: string): { readonly name: string; readonly version: string } {
  let folder = dirname(require.resolve(alias));
  while (!folder.endsWith('node_modules') && folder !== dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (manifest.version !== undefined) return manifest;
    } catch {
      // not here: one folder up
    }
    folder = dirname(folder);
  }
  throw new Error(`${alias} has no manifest.`);
}
