/** A real Redis Cluster of three masters, with or without replicas, on random loopback ports. */
import { type RedisServer, startRedisServer } from './redis-server.ts';

export interface RedisCluster {
  readonly masters: readonly RedisServer[];
  /** The replica of the master at the same index; empty without replicas. */
  readonly replicas: readonly RedisServer[];
  close(): Promise<void>;
}

const SLOTS = 16_384;
const START_TIMEOUT_MS = 20_000;

/**
 * Starts the nodes, joins them and waits until every one of them says that the cluster is well.
 *
 * @param replicas `1` for one replica per master, so that `CLUSTER FAILOVER` has a replica to hand over to.
 */
export async function startRedisCluster({ replicas = 0 }: { readonly replicas?: 0 | 1 } = {}): Promise<RedisCluster> {
  const count = 3 * (1 + replicas);
  const nodes = await Promise.all(Array.from({ length: count }, () => startRedisServer(CLUSTER_ARGS)));
  const masters = nodes.slice(0, 3);
  const slaves = nodes.slice(3);
  await Promise.all(
    masters.map((node, index) => {
      const first = Math.floor((index * SLOTS) / 3);
      const last = Math.floor(((index + 1) * SLOTS) / 3) - 1;
      return expectOk(node, 'CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
    }),
  );
  for (const node of nodes.slice(1)) await expectOk(node, 'CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]?.port));
  await until(async () => (await Promise.all(nodes.map(knownNodes))).every((known) => known === count));
  for (const [index, slave] of slaves.entries()) {
    const id = (await masters[index]?.command('CLUSTER', 'MYID'))?.split('\r\n')[1] ?? '';
    await until(async () => (await slave.command('CLUSTER', 'REPLICATE', id)).startsWith('+OK'));
  }
  await until(async () => (await Promise.all(nodes.map(isWell))).every(Boolean));
  return {
    masters,
    replicas: slaves,
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}

const CLUSTER_ARGS = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1500', '--repl-diskless-sync-delay', '0'];

async function expectOk(node: RedisServer, ...command: readonly string[]): Promise<void> {
  const reply = await node.command(...command);
  if (!reply.startsWith('+OK')) throw new Error(`${command.join(' ')}: ${reply}`);
}

async function knownNodes(node: RedisServer): Promise<number> {
  return Number(/cluster_known_nodes:(\d+)/.exec(await node.command('CLUSTER', 'INFO'))?.[1]);
}

async function isWell(node: RedisServer): Promise<boolean> {
  return (await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error('The Redis Cluster did not come up in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
