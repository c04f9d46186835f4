/**
 * `pnpm --filter @sortition/reliability churn`: creates, makes ready and closes clients on a polled config, and reports what is
 * left: timers, sockets, heap. Fails when something is.
 */
import { createKeepAliveFetch } from '@sortition/datafile/node';
import { createClient, createPollingConfig } from 'sortition';
import { startDatafileServer } from './datafile-server.js';

const CLIENTS = Number(process.argv[2] ?? 1_000);
const ROUNDS = 4;
/** Growth of the heap from the second round to the last that is still noise. */
const MAX_GROWTH_BYTES = 1_000_000;

const server = await startDatafileServer(10);
const fetch = createKeepAliveFetch();
await churn(100);
const heaps = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const start = performance.now();
  await churn(CLIENTS / ROUNDS);
  heaps.push(heapBytes());
  const ms = Math.round(performance.now() - start);
  console.log(`${CLIENTS / ROUNDS} clients in ${ms} ms, heap ${(heapBytes() / 1_000_000).toFixed(2)} MB`);
}
fetch.close();
await new Promise((resolve) => setTimeout(resolve, 200));
const left = process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|TLS/.test(name));
const growth = (heaps.at(-1) ?? 0) - (heaps[0] ?? 0);
console.log(`timers and sockets left: ${left.length}; heap growth over the rounds: ${(growth / 1_000).toFixed(0)} kB`);
server.stop();
if (left.length > 0 || growth > MAX_GROWTH_BYTES) process.exitCode = 1;

/** @param {number} count */
async function churn(count) {
  for (let i = 0; i < count; i += 1) {
    const config = createPollingConfig({ sdkKey: 'key', urlTemplate: `${server.url}/%s.json`, fetch });
    const client = createClient({ config, events: null, logger: false });
    client.on('config-update', () => undefined);
    await client.ready();
    client.createUserContext('ada', { plan: 'plan-1', age: 30 }).decideAll();
    await client.close();
  }
}

function heapBytes() {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
