/**
 * `pnpm soak`: twenty million decisions while configs change, segments come and go and one in a
 * hundred calls of every part fails; then five thousand clients that are created, made ready and closed. The heap after a
 * collection must not grow, and no timer or socket may stay. Writes `.reports/soak.json`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackages } from '@sortition/report/build-packages';
import { readOptions } from '@sortition/report/read-options';
import { buildLargeDatafile } from './large-datafile.js';
import { slopeOf } from './slope.js';

const { values } = readOptions({
  usage: 'pnpm soak',
  text: 'Makes twenty million decisions while parts fail and configs change, and looks for what is left behind.',
  options: {
    short: { type: 'boolean', default: false, text: 'one million, and fewer clients that come and go' },
    decisions: { type: 'string', takes: 'number', text: 'so many decisions' },
  },
});
if (!(await buildPackages(['@sortition/reliability^...']))) process.exit(1);
// They are built by now.
const { createOdp } = await import('@sortition/odp');
const { createBatchEvents, createClient, createMemoryProfileStore, createStaticConfig } = await import('sortition');
const decisionCount = Number(values.decisions ?? (values.short ? 1_000_000 : 20_000_000));
const churnCount = values.short ? 200 : 5_000;
const USERS = 50_000;
const FLAGS = 20;
const SAMPLES = 100;
const DECISIONS_PER_CONFIG = 50_000;
const DECISIONS_PER_TURN = 500;
const FAULTS = 0.01;
const MAX_SLOPE_BYTES = 1_024;
/** Of the heap between two collections; what a short run is allowed on top, because a slope over little is mostly noise. */
const NOISE_BYTES = 1_000_000;

let seed = 1;
/** Reproducible, and cheaper than the platform's. */
const random = () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

let faults = 0;
/**
 * @template T
 * @param {() => T} call
 * @returns {T} what the call does, but for one in a hundred
 */
const faulty = (call) => {
  if (random() >= FAULTS) return call();
  faults += 1;
  throw new Error('a fault of an adapter');
};

const source = createChangingConfig();
const memory = createMemoryProfileStore({ maxUsers: 2_000 });
const answer = JSON.stringify({
  data: { customer: { audiences: { edges: [{ node: { name: 'vip', state: 'qualified' } }] } } },
});
const client = createClient({
  config: source,
  profiles: {
    sync: true,
    lookup: (userId) => faulty(() => memory.lookup?.(userId) ?? null),
    save: (profile) => faulty(() => memory.save?.(profile)),
  },
  odp: createOdp({
    segmentsCacheSize: 500,
    fetch: async () => faulty(() => new Response(answer, { headers: { 'content-type': 'application/json' } })),
  }),
  events: createBatchEvents({
    endpoint: 'http://127.0.0.1:9/',
    batchSize: 100,
    fetch: async () => faulty(() => new Response(null, { status: 204 })),
  }),
  logger: false,
});

const startedAt = Date.now();
/** @type {number[]} */
const heaps = [];
/** @type {number[]} */
const resources = [];
const perSample = Math.ceil(decisionCount / SAMPLES / DECISIONS_PER_TURN) * DECISIONS_PER_TURN;
for (let sample = 1; sample <= SAMPLES; sample += 1) {
  await decide(perSample);
  await client.flush();
  heaps.push(heapBytes());
  resources.push(openResources());
  if (sample % 10 === 0) {
    const { events, problems } = client.stats();
    console.log(
      `${(sample * perSample).toLocaleString('en')} decisions, heap ${((heaps.at(-1) ?? 0) / 1e6).toFixed(2)} MB, ` +
        `${resources.at(-1)} timers and sockets, ${events.delivered} events delivered, ${faults} faults, ` +
        `problems ${JSON.stringify(problems)}`,
    );
  }
}
const { decisions } = client.stats();
await client.close();

// The first half fills caches and warms the compiler up.
const slopeBytes = slopeOf(heaps.slice(SAMPLES / 2)) / (perSample / 10_000);
const allowedBytes = Math.max(MAX_SLOPE_BYTES, NOISE_BYTES / ((perSample * SAMPLES) / 10_000));
const resourceGrowth = Math.max(...resources.slice(1)) - (resources[0] ?? 0);
console.log(
  `heap slope ${slopeBytes.toFixed(0)} bytes per 10,000 decisions, ${allowedBytes.toFixed(0)} allowed; ` +
    `timers and sockets ${resources[0]} at first, ${resources.at(-1)} at last`,
);

const churn = fileURLToPath(new URL('churn.js', import.meta.url));
const churnOutput = execFileSync(process.execPath, ['--expose-gc', churn, String(churnCount)], { encoding: 'utf8' });
console.log(churnOutput.trimEnd());

const isFlat = slopeBytes <= allowedBytes && resourceGrowth <= 0;
const reports = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '.reports');
mkdirSync(reports, { recursive: true });
const result = {
  isShort: decisionCount < 20_000_000,
  decisions,
  faults,
  heapSlopeBytesPer10000: Math.round(slopeBytes),
  heapAtLastBytes: heaps.at(-1),
  timersAndSocketsAtFirst: resources[0],
  timersAndSocketsAtLast: resources.at(-1),
  churnedClients: churnCount,
  afterChurn: churnOutput.trim().split('\n').at(-1),
  seconds: Math.round((Date.now() - startedAt) / 1_000),
  passed: isFlat,
};
writeFileSync(join(reports, 'soak.json'), `${JSON.stringify(result, null, 2)}\n`);
if (!isFlat) process.exitCode = 1;

/** @param {number} count */
async function decide(count) {
  for (let made = 0; made < count; made += DECISIONS_PER_TURN) {
    for (let turn = 0; turn < DECISIONS_PER_TURN; turn += 1) {
      const user = client.createUserContext(`user-${Math.floor(random() * USERS)}`, {
        plan: `plan-${Math.floor(random() * 5)}`,
        age: Math.floor(random() * 90),
      });
      if (turn % 10 === 0) user.qualifiedSegments = [`segment-${Math.floor(random() * 1e6)}`];
      // One in fifty is recorded: what is soaked is the decision, not the network.
      user.decide(`flag_${Math.floor(random() * FLAGS)}`, turn % 50 === 0 ? [] : ['DISABLE_DECISION_EVENT']);
    }
    const user = client.createUserContext(`user-${Math.floor(random() * USERS)}`, { plan: 'plan-1', age: 30 });
    await user.fetchQualifiedSegments();
    await user.decideAsync('flag_1', ['INCLUDE_REASONS', 'DISABLE_DECISION_EVENT']);
    source.advance(DECISIONS_PER_TURN);
    // Timers and answers have to get their turn, as they do in a server.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A source whose config is another one, freshly built, every so many decisions. */
function createChangingConfig() {
  /** @type {Set<(change: import('sortition').ConfigChange) => void>} */
  const listeners = new Set();
  let revision = 0;
  let left = DECISIONS_PER_CONFIG;
  const build = () => {
    revision += 1;
    const odp = { key: 'odp', host: 'https://api.zaius.com', publicKey: 'key', pixelUrl: '' };
    const segment = { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' };
    const typedAudiences = [{ id: 'audience-1', name: 'in a segment', conditions: ['or', segment] }];
    const datafile = { ...buildLargeDatafile(FLAGS), revision: String(revision), typedAudiences, integrations: [odp] };
    const config = createStaticConfig({ datafile }).current();
    if (config === null) throw new Error('a static config is there at once');
    return config;
  };
  let config = build();
  return {
    current: () => config,
    /** @param {(change: import('sortition').ConfigChange) => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** @param {number} decisionsMade */
    advance(decisionsMade) {
      left -= decisionsMade;
      if (left > 0) return;
      left = DECISIONS_PER_CONFIG;
      config = build();
      for (const listener of listeners) listener({ type: 'config', config, problems: [] });
    },
  };
}

/** Timers and sockets that keep the process alive. */
function openResources() {
  return process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|TLS/.test(name)).length;
}

function heapBytes() {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
