/** A process that starts while Redis is down: what its first decision waits for, and how soon it finds the server. */
import { startRedisServer } from '@sortition/rig';
import { CLIENT_NAMES, type ClientName } from '../clients.ts';
import { createScene, EXPERIMENT, until } from '../scene.ts';

const ROUNDS = 9;
const FIRST_DECISION_LIMIT_MS = 60;
const FOUND_LIMIT_MS = 2_000;

export async function run(): Promise<boolean> {
  const rows = [];
  for (const clientName of CLIENT_NAMES.slice(0, 2)) rows.push(await measure(clientName));
  console.table(rows);
  return rows.every(
    (row) => row['first decision (ms)'] <= FIRST_DECISION_LIMIT_MS && row['found (ms)'] <= FOUND_LIMIT_MS,
  );
}

/** The middle of several rounds; the slowest is what the machine adds, too. */
async function measure(client: ClientName) {
  const server = await startRedisServer();
  const first: number[] = [];
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await server.kill();
    const started = performance.now();
    const scene = createScene(server.port, { clientName: client, prefix: `round-${round}:` });
    const { variationId } = await scene.decide('ada');
    first.push(performance.now() - started);
    await server.restart();
    const restarted = performance.now();
    const { store } = scene;
    await until(() => store.stats().state === 'up' && store.stats().waitingUsers === 0);
    found.push(performance.now() - restarted);
    if ((await scene.stored('ada'))[EXPERIMENT] !== variationId)
      throw new Error('The first assignment is not in Redis.');
    await scene.close();
  }
  await server.close();
  return {
    client,
    'first decision (ms)': middle(first),
    'slowest (ms)': Math.round(Math.max(...first)),
    'found (ms)': middle(found),
    'latest (ms)': Math.round(Math.max(...found)),
  };
}

function middle(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);
}
