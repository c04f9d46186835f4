/** One server of a fleet, as a process of its own: decides for users whom the other servers decide for, too. */
import { createRedisProfileStore } from '@sortition/profile-redis';
import { createClient, createStaticConfig } from 'sortition';
import { type ClientName, connectClient } from './clients.ts';
import { experimentIdOf, flagKeyOf, fleetDatafile, variationIdOf } from './fleet-datafile.ts';

export interface DeciderTask {
  readonly port: number;
  readonly client: ClientName;
  readonly layout: 'hash' | 'json';
  readonly users: number;
  readonly experiments: number;
  /** Moves every user to a bucket of this server's own, so that servers disagree unless the store settles it. */
  readonly bucketingId: string;
}

/** User id to experiment id to the variation id the caller was given. */
export type Decided = Record<string, Record<string, string>>;

const TIMEOUT_MS = 5_000;
const CALLS_AT_A_TIME = 40;
const FLAGS_A_CALL = 4;

/** Decides every flag for every user, a few flags a call, many calls at a time and in an order of its own. */
async function decideAsServer(task: DeciderTask): Promise<Decided> {
  const { client: redis, disconnect } = connectClient(task.client, task.port);
  const client = createClient({
    config: createStaticConfig({ datafile: fleetDatafile(task.experiments) }),
    profiles: createRedisProfileStore({ client: redis, layout: task.layout, timeoutMs: TIMEOUT_MS }),
    profileTimeoutMs: TIMEOUT_MS,
    events: null,
    logger: false,
  });
  const decided: Decided = {};
  const calls = listCalls(task);
  const work = async (): Promise<void> => {
    for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
      const { userId, flags } = call;
      const user = client.createUserContext(userId, { $opt_bucketing_id: `${task.bucketingId}${calls.length}` });
      const decisions = await user.decideForKeysAsync(flags.map(flagKeyOf));
      const own = decided[userId] ?? {};
      decided[userId] = own;
      for (const index of flags) {
        own[experimentIdOf(index)] = variationIdOf(index, decisions[flagKeyOf(index)]?.variationKey ?? null);
      }
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_A_TIME }, work));
  const { problems } = client.stats();
  if (Object.keys(problems).length > 0) throw new Error(`Problems: ${JSON.stringify(problems)}`);
  await client.close();
  await disconnect();
  return decided;
}

/** Every flag of every user once, users and flags in random order. */
function listCalls({ users, experiments }: DeciderTask): { userId: string; flags: number[] }[] {
  const calls: { userId: string; flags: number[] }[] = [];
  for (let user = 0; user < users; user += 1) {
    const flags = Array.from({ length: experiments }, (_, index) => index);
    shuffle(flags);
    while (flags.length > 0) calls.push({ userId: `user-${user}`, flags: flags.splice(0, FLAGS_A_CALL) });
  }
  shuffle(calls);
  return calls;
}

function shuffle(list: unknown[]): void {
  for (let index = list.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [list[index], list[other]] = [list[other], list[index]];
  }
}

if (process.send) {
  process.once('message', (task: DeciderTask) => {
    void decideAsServer(task).then((decided) => process.send?.(decided, () => process.disconnect()));
  });
}
