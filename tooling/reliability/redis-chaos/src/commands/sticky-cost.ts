/** What a synchronous sticky decision costs with a profile of 1,000 entries, next to one with 1 entry. */
import { createClient, createMemoryProfileStore, createStaticConfig, type UserProfileStore } from 'sortition';
import { experimentIdOf, flagKeyOf, fleetDatafile, variationIdOf } from '../fleet-datafile.ts';

const ROUNDS = 40;
const CALLS = 20_000;
const LIMIT = 1.5;

export async function run(): Promise<boolean> {
  const rows = [measure('memory store', (entries) => memoryStore(entries)), measure('classic store', classicStore)];
  console.table(rows);
  return rows.every(({ ratio }) => ratio <= LIMIT);
}

function measure(
  store: string,
  create: (entries: number) => UserProfileStore,
): { store: string; '1 entry (ns)': number; '1,000 entries (ns)': number; ratio: number } {
  const [small, large] = [decider(create(1)), decider(create(1_000))];
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    times[0].push(time(small));
    times[1].push(time(large));
  }
  const [one, thousand] = [Math.min(...times[0]), Math.min(...times[1])];
  return {
    store,
    '1 entry (ns)': Math.round(one),
    '1,000 entries (ns)': Math.round(thousand),
    ratio: Number((thousand / one).toFixed(2)),
  };
}

function decider(profiles: UserProfileStore): () => void {
  const client = createClient({ config: createStaticConfig({ datafile: fleetDatafile(1) }), profiles, events: null });
  const user = client.createUserContext('ada');
  return () => void user.decide(flagKeyOf(0));
}

function assignments(entries: number): [string, string][] {
  return Array.from({ length: entries }, (_, index) => [experimentIdOf(index), variationIdOf(index, 'a')]);
}

function memoryStore(entries: number): UserProfileStore {
  const store = createMemoryProfileStore();
  store.assign?.('ada', Object.fromEntries(assignments(entries).map(([id, variationId]) => [id, { variationId }])));
  return store;
}

function classicStore(entries: number): UserProfileStore {
  const map = Object.fromEntries(assignments(entries).map(([id, variation_id]) => [id, { variation_id }]));
  return { lookup: (userId) => ({ user_id: userId, experiment_bucket_map: map }), save: () => undefined };
}

/** Nanoseconds a call. */
function time(call: () => void): number {
  const started = performance.now();
  for (let index = 0; index < CALLS; index += 1) call();
  return ((performance.now() - started) * 1_000_000) / CALLS;
}
