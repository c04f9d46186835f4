/**
 * `pnpm bench:events`: a decision of one kept user with its impression, batched by ten and serialised, beside the official SDK whose
 * dispatcher serialises too. Both in one process, in turns; the ratio is that of the median rounds.
 */
import {
  createBatchEventProcessor,
  createInstance,
  createStaticProjectConfigManager,
} from '@optimizely/optimizely-sdk';
import { readOptions } from '@sortition/report/read-options';
import { createBatchEvents, createClient, createStaticConfig } from 'sortition';
import { ATTRIBUTES, createDatafile } from './datafiles.js';

const { quick } = readOptions({
  usage: 'pnpm bench:events',
  text: 'A decision of one kept user with its impression, beside the official SDK.',
  options: { quick: { type: 'boolean', text: 'fewer rounds' } },
}).values;
const ROUNDS = quick ? 9 : 41;
/** Decisions per round. */
const DECISIONS = 5_000;
/** Decisions before the processors get to dispatch. */
const BURST = 100;
const TARGET = 3;

const datafile = JSON.stringify(createDatafile(100, 'mixed'));
/** What the official dispatcher may answer: a status and nothing else. */
const ANSWER = /** @type {Response} */ ({ status: 204 });

let theirBytes = 0;
let ourBytes = 0;

const theirs = createInstance({
  projectConfigManager: createStaticProjectConfigManager({ datafile }),
  eventProcessor: createBatchEventProcessor({
    batchSize: 10,
    eventDispatcher: {
      dispatchEvent: async ({ params }) => {
        theirBytes += JSON.stringify(params).length;
        return { statusCode: 204 };
      },
    },
  }),
});
const ours = createClient({
  config: createStaticConfig({ datafile }),
  logger: false,
  events: createBatchEvents({
    batchSize: 10,
    fetch: async (_url, init) => {
      ourBytes += String(init?.body).length;
      return ANSWER;
    },
  }),
});

/** @type {import('@optimizely/optimizely-sdk').OptimizelyUserContext} */
const their = theirs.createUserContext('user-4711', ATTRIBUTES);
const our = ours.createUserContext('user-4711', ATTRIBUTES);
const keys = Object.keys(our.decideAll(['DISABLE_DECISION_EVENT']));

/**
 * @param {(key: string) => unknown} decide
 * @returns {Promise<number>} microseconds per decision
 */
async function round(decide) {
  const started = performance.now();
  for (let made = 0; made < DECISIONS; ) {
    for (let i = 0; i < BURST; i += 1, made += 1) decide(keys[made % keys.length] ?? '');
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ((performance.now() - started) * 1_000) / DECISIONS;
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const ourRounds = [];
const theirRounds = [];
for (let index = 0; index < ROUNDS + 4; index += 1) {
  const theirTime = await round((key) => their.decide(key));
  const ourTime = await round((key) => our.decide(key));
  if (index < 4) continue; // both warm up
  theirRounds.push(theirTime);
  ourRounds.push(ourTime);
}
await ours.close();
const ratio = median(theirRounds) / median(ourRounds);
const events = ours.stats().events;
console.log(`decide + impression, batches of 10, serialised: official ${median(theirRounds).toFixed(2)} µs`);
console.log(`                                                ours     ${median(ourRounds).toFixed(2)} µs`);
console.log(
  `${ratio.toFixed(1)} × the official SDK's throughput (target ${TARGET} ×${ratio < TARGET ? ', MISSED' : ''})`,
);
console.log(
  `bytes serialised: official ${theirBytes.toLocaleString('en')}, ours ${ourBytes.toLocaleString('en')}; ours delivered ${events.delivered.toLocaleString('en')} of ${events.produced.toLocaleString('en')}`,
);
process.exit(0);
