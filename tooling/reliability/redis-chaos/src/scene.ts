/** A client that decides over a Redis store, and everything it said. */
import {
  createRedisProfileStore,
  type RedisProfileStore,
  type RedisProfileStoreOptions,
} from '@sortition/profile-redis';
import { type Client, createClient, createStaticConfig, type Decision, type Problem } from 'sortition';
import { type ClientName, connectClient } from './clients.ts';
import { experimentIdOf, flagKeyOf, fleetDatafile, variationIdOf } from './fleet-datafile.ts';

export interface Scene {
  readonly client: Client;
  readonly store: RedisProfileStore;
  readonly problems: Problem[];
  /** Decides the first flag, asynchronously, and notes how long that took. */
  decide(userId: string, bucketingId?: string): Promise<TimedDecision>;
  /** What is stored for a user: experiment id to variation id. */
  stored(userId: string): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export interface TimedDecision {
  readonly decision: Decision;
  /** As it is stored. */
  readonly variationId: string;
  readonly tookMs: number;
}

/** Id of the experiment that `decide` decides. */
export const EXPERIMENT: string = experimentIdOf(0);

/** Sets a scene over a server, or over a proxy in front of one. */
export function createScene(
  port: number,
  { clientName = 'ioredis', ...options }: { clientName?: ClientName } & Partial<RedisProfileStoreOptions> = {},
): Scene {
  const { client: redis, disconnect } = connectClient(clientName, port);
  const store = createRedisProfileStore({ client: redis, ...options });
  const client = createClient({
    config: createStaticConfig({ datafile: fleetDatafile(3) }),
    profiles: store,
    events: null,
    logger: false,
  });
  const problems: Problem[] = [];
  client.on('problem', (problem) => problems.push(problem));
  return {
    client,
    store,
    problems,
    async decide(userId, bucketingId = userId) {
      const user = client.createUserContext(userId, { $opt_bucketing_id: bucketingId });
      const started = performance.now();
      const decision = await user.decideAsync(flagKeyOf(0), ['INCLUDE_REASONS']);
      const tookMs = performance.now() - started;
      return { decision, tookMs, variationId: variationIdOf(0, decision.variationKey) };
    },
    async stored(userId) {
      const entries = Object.entries((await store.lookup?.(userId))?.experiment_bucket_map ?? {});
      return Object.fromEntries(entries.map(([id, { variation_id }]) => [id, variation_id]));
    },
    async close() {
      await client.close({ timeoutMs: 500 });
      await disconnect();
    },
  };
}

/** Waits until something holds, for at most 30 s. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not happen within 30 s.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
