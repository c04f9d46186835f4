/**
 * `pnpm bench:openfeature`: what our provider adds to an evaluation, beside what the OpenFeature SDK and the decision cost
 * themselves. Three contestants in one process, in turns: the decision alone, the SDK over a provider that answers a constant,
 * and the SDK over ours. The overhead is the third less the first two, by processor time; the median of the rounds counts.
 */
import { OpenFeature } from '@openfeature/server-sdk';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { createServerProvider } from '@sortition/openfeature/server';
import { readOptions } from '@sortition/report/read-options';
import { createClient, createStaticConfig } from 'sortition';
import { median } from './compare.js';
import { startTable } from './table.js';

const { quick, take } = readOptions({
  usage: 'pnpm bench:openfeature',
  text: 'What our OpenFeature provider adds to an evaluation.',
  options: {
    quick: { type: 'boolean', text: 'fewer rounds' },
    take: { type: 'boolean', text: 'write the table into tooling/bench/README.md as well' },
  },
}).values;
const ROUNDS = quick ? 9 : 41;
const EVALUATIONS = 10_000;
const AT_MOST_US = 3;

const client = createClient({
  config: createStaticConfig({ datafile: JSON.stringify(SHOP_DATAFILE) }),
  events: null,
  logger: false,
});
const constant = async () => ({ value: true });
/** @type {any} */
const bare = {
  metadata: { name: 'bare' },
  runsOn: 'server',
  resolveBooleanEvaluation: constant,
  resolveStringEvaluation: constant,
  resolveNumberEvaluation: constant,
  resolveObjectEvaluation: constant,
};
await OpenFeature.setProviderAndWait('ours', createServerProvider(client));
await OpenFeature.setProviderAndWait('bare', bare);
const ours = OpenFeature.getClient('ours');
const alone = OpenFeature.getClient('bare');

const attributes = { plan: 'gold', country: 'FR', visits: 12 };
const contexts = Array.from({ length: 512 }, (_, index) => ({ targetingKey: `user-${index}`, ...attributes }));
const contextOf = (/** @type {number} */ index) => contexts[index % contexts.length] ?? { targetingKey: '' };

/** @typedef {{ name: string, decide: (index: number) => Promise<unknown>, sdk: (index: number) => Promise<unknown>, ours: (index: number) => Promise<unknown> }} Question */
/** @type {readonly Question[]} */
const QUESTIONS = [
  {
    name: 'boolean of a flag without variables',
    decide: (index) => client.createUserContext(contextOf(index).targetingKey, attributes).decideAsync('gift_wrap'),
    sdk: (index) => alone.getBooleanValue('gift_wrap', false, contextOf(index)),
    ours: (index) => ours.getBooleanValue('gift_wrap', false, contextOf(index)),
  },
  {
    name: 'one variable of an experiment',
    decide: (index) => client.createUserContext(contextOf(index).targetingKey, attributes).decideAsync('checkout'),
    sdk: (index) => alone.getBooleanValue('checkout.express_pay', false, contextOf(index)),
    ours: (index) => ours.getBooleanValue('checkout.express_pay', false, contextOf(index)),
  },
];

let isMissed = false;
const table = startTable([
  'evaluation',
  'decision alone, µs',
  'SDK alone, µs',
  'together, µs',
  'overhead, µs',
  'quartiles',
  'at most',
]);
for (const question of QUESTIONS) {
  /** @type {{ decide: number, sdk: number, ours: number, overhead: number }[]} */
  const rounds = [];
  for (let round = -4; round < ROUNDS; round += 1) {
    const decide = await time(question.decide);
    const sdk = await time(question.sdk);
    const both = await time(question.ours);
    if (round >= 0) rounds.push({ decide, sdk, ours: both, overhead: both - decide - sdk });
  }
  const middle = (/** @type {'decide' | 'sdk' | 'ours' | 'overhead'} */ name) =>
    median(rounds.map((round) => round[name]));
  const sorted = rounds.map(({ overhead }) => overhead).sort((a, b) => a - b);
  const quartile = (/** @type {number} */ share) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2);
  const overhead = middle('overhead');
  if (overhead > AT_MOST_US) isMissed = true;
  table.add([
    question.name,
    ...[middle('decide'), middle('sdk'), middle('ours'), overhead].map((us) => us.toFixed(2)),
    `${quartile(0.25)}–${quartile(0.75)}`,
    `${AT_MOST_US} ${overhead > AT_MOST_US ? 'MISSED' : 'ok'}`,
  ]);
}
if (take) table.take({ isPart: false });
process.exit(isMissed ? 1 : 0);

/**
 * @param {(index: number) => Promise<unknown>} evaluate
 * @returns {Promise<number>} Microseconds of processor time per evaluation.
 */
async function time(evaluate) {
  const start = process.cpuUsage();
  for (let index = 0; index < EVALUATIONS; index += 1) await evaluate(index);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / EVALUATIONS;
}
