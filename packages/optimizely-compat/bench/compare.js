/**
 * `pnpm --filter @sortition/optimizely-compat run bench`, after a build: sizes and speed beside the official SDK, and what a
 * shadow costs on the caller's path. Prints a table; fails when the shadow costs more than a microsecond.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as compat from '@sortition/optimizely-compat';
import { build } from 'esbuild';

const official = createRequire(import.meta.url)('@optimizely/optimizely-sdk');
const datafile = JSON.stringify(createDatafile(50));
const MAX_SHADOW_NS = 1_000;

/** @param {number} flags */
function createDatafile(flags) {
  const numbers = Array.from({ length: flags }, (_, index) => index);
  return {
    version: '4',
    accountId: '1',
    projectId: '2',
    revision: '3',
    sendFlagDecisions: true,
    attributes: [{ id: '71', key: 'plan' }],
    audiences: [],
    typedAudiences: [
      {
        id: '41',
        name: 'pro',
        conditions: ['and', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }],
      },
    ],
    events: [],
    groups: [],
    rollouts: [],
    experiments: numbers.map((index) => ({
      id: `2${index}`,
      key: `experiment_${index}`,
      status: 'Running',
      layerId: `3${index}`,
      variations: [
        { id: `5${index}1`, key: 'a', featureEnabled: true, variables: [{ id: `6${index}`, value: '2' }] },
        { id: `5${index}2`, key: 'b', featureEnabled: false, variables: [] },
      ],
      trafficAllocation: [
        { entityId: `5${index}1`, endOfRange: 5_000 },
        { entityId: `5${index}2`, endOfRange: 10_000 },
      ],
      forcedVariations: {},
      audienceIds: ['41'],
      audienceConditions: ['or', '41'],
    })),
    featureFlags: numbers.map((index) => ({
      id: `1${index}`,
      key: `flag_${index}`,
      rolloutId: '',
      experimentIds: [`2${index}`],
      variables: [{ id: `6${index}`, key: 'steps', type: 'integer', defaultValue: '1' }],
    })),
  };
}

/** @param {typeof compat} sdk */
function createClient(sdk) {
  return sdk.createInstance({ projectConfigManager: sdk.createStaticProjectConfigManager({ datafile }) });
}

/**
 * Nanoseconds per call, the median of rounds.
 *
 * @param {(round: number) => void} call
 * @param {() => Promise<unknown> | undefined} [between]
 */
async function measure(call, between) {
  const rounds = [];
  for (let round = 0; round < 60; round += 1) {
    const started = process.hrtime.bigint();
    for (let index = 0; index < 500; index += 1) call(index);
    rounds.push(Number(process.hrtime.bigint() - started) / 500);
    await between?.();
  }
  return rounds.slice(20).sort((one, other) => one - other)[20] ?? 0;
}

/** @param {string} code */
async function sizeOf(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}

const clients = { official: createClient(official), ours: createClient(compat) };
const options = /** @type {never} */ (['DISABLE_DECISION_EVENT']);
const attributes = { plan: 'pro' };
/** @type {Record<string, (client: import('@sortition/optimizely-compat').Client) => (index: number) => void>} */
const CALLS = {
  'decide, one user': (client) => {
    const user = client.createUserContext('ada', attributes);
    return () => void user.decide('flag_7', options);
  },
  'decide, a new user each': (client) => (index) =>
    void client.createUserContext(`user${index}`, attributes).decide('flag_7', options),
  'decideAll of 50 flags': (client) => {
    const user = client.createUserContext('ada', attributes);
    return () => void user.decideAll(options);
  },
  getFeatureVariable: (client) => () => void client.getFeatureVariable('flag_7', 'steps', 'ada', attributes),
};

console.log('call | official, ns | drop-in, ns');
for (const [name, make] of Object.entries(CALLS)) {
  const [theirs, ours] = [await measure(make(clients.official)), await measure(make(clients.ours))];
  console.log(`${name} | ${Math.round(theirs)} | ${Math.round(ours)}`);
}
const creating = await Promise.all(
  [official, compat].map((sdk) => measure((index) => void (index % 50 === 0 && createClient(sdk)))),
);
console.log(`createInstance | ${creating.map((ns) => Math.round(ns * 50)).join(' | ')}`);

// As in a request: some decisions, then the runtime has time. Rounds of one client and the other in turn, so that what else
// runs on the machine hits both.
const shadow = compat.createShadow({
  primary: clients.official,
  candidate: clients.ours,
  onDifference: () => undefined,
});
const [plain, shadowed] = [clients.official, shadow].map((client) => client.createUserContext('ada', attributes));
const DECIDES = 20;
const costs = [];
for (let round = 0; round < 3_000; round += 1) {
  const alone = measureRound(() => plain.decide('flag_7', options));
  const behind = measureRound(() => shadowed.decide('flag_7', options));
  await shadow.shadowSettled();
  if (round >= 500) costs.push(behind - alone);
}
costs.sort((one, other) => one - other);
const cost = costs[Math.floor(costs.length / 2)] ?? 0;
console.log(`shadow on the caller's path: ${Math.round(cost)} ns per decide, median of ${costs.length} rounds`);

/** @param {() => unknown} call */
function measureRound(call) {
  const started = process.hrtime.bigint();
  for (let index = 0; index < DECIDES; index += 1) call();
  return Number(process.hrtime.bigint() - started) / DECIDES;
}

const USES = {
  'static, decide': '{ createInstance, createStaticProjectConfigManager }',
  'polling, batches': '{ createInstance, createPollingProjectConfigManager, createBatchEventProcessor }',
};
console.log('browser bundle, minified and gzipped, bytes | official | drop-in');
for (const [name, names] of Object.entries(USES)) {
  const code = (/** @type {string} */ from) => `import ${names} from '${from}'; globalThis.use = ${names};`;
  console.log(
    `${name} | ${await sizeOf(code('@optimizely/optimizely-sdk'))} | ${await sizeOf(code('@sortition/optimizely-compat'))}`,
  );
}
process.exitCode = cost <= MAX_SHADOW_NS ? 0 : 1;
process.exit();
