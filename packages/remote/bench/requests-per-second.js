/**
 * `pnpm bench`: fetches per second and CPU per fetch against a loopback server, beside the official Node SDK.
 *
 * Both are measured in turns within one process, because machines drift by half between runs and ratios do not. Expects a
 * finished build. `ROUNDS` and `SECONDS` (per client, concurrency and round) may be set in the environment.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Experiment } from '@amplitude/experiment-node-server';
import { createRemoteClient } from '@sortition/remote';

const rounds = Number(process.env.ROUNDS ?? 7);
const seconds = Number(process.env.SECONDS ?? 1);
const required = new Map([
  [1, 1.15],
  [16, 1.9],
  [64, 1.9],
]);

const user = {
  user_id: 'user-1',
  device_id: '5f0f2a6e-8a4e-4b54-9d62-0c5b6f5f2a11',
  country: 'France',
  platform: 'Web',
  user_properties: { plan: 'pro', seats: 12, beta: true },
};

const { port, stop } = await startServer();
const serverUrl = `http://127.0.0.1:${port}`;
const vendor = Experiment.initializeRemote('server-benchmark', { serverUrl, fetchRetries: 0 });
const ours = createRemoteClient('server-benchmark', { serverUrl });
const clients = { official: () => vendor.fetchV2(user), sortition: () => ours.fetch(user) };

let missed = 0;
console.log('concurrency  official req/s  sortition req/s  ratio  required  CPU µs/req  official  CPU ratio');
for (const [concurrency, least] of required) {
  /** @type {{ rate: number, cpu: number }[]} */
  const ratios = [];
  const rates = { official: [0], sortition: [0] };
  const cpus = { official: [0], sortition: [0] };
  for (let round = 0; round < rounds + 1; round += 1) {
    // Whoever comes second finds a warmer machine, so they take turns.
    const order = round % 2 === 0 ? ['official', 'sortition'] : ['sortition', 'official'];
    const measured = Object.fromEntries(
      await inTurn(order, async (name) => [name, await measure(clients[name], concurrency)]),
    );
    if (round === 0) continue; // warm-up
    ratios.push({
      rate: measured.sortition.rate / measured.official.rate,
      cpu: measured.sortition.cpu / measured.official.cpu,
    });
    for (const name of order) {
      rates[name].push(measured[name].rate);
      cpus[name].push(measured[name].cpu);
    }
  }
  const ratio = median(ratios.map(({ rate }) => rate));
  const cpuRatio = median(ratios.map(({ cpu }) => cpu));
  if (ratio < least || cpuRatio > 1) missed += 1;
  console.log(
    [
      String(concurrency).padStart(11),
      median(rates.official.slice(1)).toFixed(0).padStart(14),
      median(rates.sortition.slice(1)).toFixed(0).padStart(15),
      ratio.toFixed(2).padStart(5),
      least.toFixed(2).padStart(8),
      median(cpus.sortition.slice(1)).toFixed(0).padStart(10),
      median(cpus.official.slice(1)).toFixed(0).padStart(8),
      cpuRatio.toFixed(2).padStart(9),
    ].join('  '),
  );
}
await ours.close();
stop();
console.log(missed === 0 ? 'every requirement is met' : `${missed} requirement(s) missed`);
process.exit(missed === 0 ? 0 : 1);

/** Fetches for a while with so many under way; answers fetches per second and CPU microseconds per fetch. */
async function measure(fetch, concurrency) {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const end = started + seconds * 1_000;
  let done = 0;
  const worker = async () => {
    while (performance.now() < end) {
      const variants = await fetch();
      if (variants['flag-9'].value !== 'on') throw new Error('the answer is wrong');
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const elapsed = performance.now() - started;
  const { user: userTime, system } = process.cpuUsage(cpuBefore);
  return { rate: (done / elapsed) * 1_000, cpu: (userTime + system) / done };
}

async function inTurn(names, work) {
  const results = [];
  for (const name of names) results.push(await work(name));
  return results;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function startServer() {
  const child = fork(fileURLToPath(new URL('./vardata-server.js', import.meta.url)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', ({ port }) => resolve({ port, stop: () => child.disconnect() }));
  });
}
