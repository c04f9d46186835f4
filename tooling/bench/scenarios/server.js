/**
 * Run as a child: requests of a server. One operation is a new user context with attributes of its own, some decides, and
 * with events one conversion, whose batches are serialised and answered by a collector.
 */
import { createContestant } from '../peers/contestants.js';
import { createFlags, createUsers, toDatafile } from '../server-project.js';
import { serveTurns, timeTurn } from '../turns.js';

/**
 * @typedef {object} ServerOptions
 * @property {number} flags
 * @property {number} decides
 * @property {number} audiences
 * @property {boolean} [events]
 * @property {boolean} [conversions] With events one conversion for each user; `true` unless given.
 * @property {boolean} [sticky] With a profile store in memory.
 * @property {number} [redisPort] With a profile store in Redis; the official SDK, which cannot wait, has one in memory.
 * @property {number} [attributes] Most attributes of a user; 10 unless given.
 * @property {number} [alone] Not in turns, but so many operations for a profile.
 */

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').User} User */
/** @typedef {import('../peers/contestants.js').Context} Context */

const options = /** @type {ServerOptions} */ (JSON.parse(process.argv[2] ?? '{}'));
const name = String(process.argv[3]);
const isOurs = name.startsWith('sortition');
const { decides, events, sticky, redisPort } = options;
const flags = createFlags(options.flags, options.audiences);
// Texts of their own, as those an application is written with.
const keys = flags.map(({ key }) => key);
const users = createUsers(3_000, options.attributes);
let bytes = 0;

const createContext = await create(flags, { events, sticky, redisPort });
const isLoaded = Boolean(redisPort && createContext(userAt(0)).load);
const contestant = {
  run: isLoaded ? runLoaded : run,
  answers,
  async check() {
    if (events && bytes === 0) throw new Error('no event arrived at the collector');
    if (redisPort && isOurs) await checkRoundTrips(redisPort);
  },
};
await checkShares();
if (options.alone) {
  await timeTurn(contestant, { first: 0, operations: options.alone });
  console.log(await timeTurn(contestant, { first: 0, operations: options.alone }));
  process.exit(0);
}
serveTurns(contestant);

/** @param {readonly Flag[]} described @param {Partial<import('../peers/contestants.js').Setup>} more */
function create(described, more) {
  const collect = (/** @type {string} */ body) => {
    bytes += body.length;
  };
  return createContestant(name, { flags: described, datafile: toDatafile(described), collect, ...more });
}

/** @param {number} index */
function run(index) {
  decideAll(createContext(userAt(index)), index);
}

/** The same with what is stored of the user. @param {number} index */
async function runLoaded(index) {
  const context = createContext(userAt(index));
  await context.load?.();
  decideAll(context, index);
}

/** @param {Context} context @param {number} index */
function decideAll(context, index) {
  for (let at = 0; at < decides; at += 1) context.decide(keyAt(index, at));
  if (options.events && options.conversions !== false) context.trackEvent?.('purchase');
}

/** A user who came before costs one command. @param {number} port */
async function checkRoundTrips(port) {
  const { Redis } = await import('ioredis');
  const redis = new Redis(port);
  const count = async () => Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);
  const before = await count();
  for (let index = 0; index < 500; index += 1) await runLoaded(index);
  const commands = (await count()) - before - 1;
  redis.disconnect();
  if (commands > 505) throw new Error(`500 requests of users who came before took ${commands} commands; expected 500`);
}

/** @param {number} index */
function userAt(index) {
  return /** @type {User} */ (users[index % users.length]);
}

/** @param {number} index @param {number} at */
function keyAt(index, at) {
  return /** @type {string} */ (keys[(index * 7 + at * 131) % keys.length]);
}

/** What 600 users get for five flags each: the variation, or `off`. */
async function answers() {
  const all = [];
  for (let index = 0; index < 600; index += 1) {
    const context = createContext(userAt(index));
    if (isLoaded) await context.load?.();
    for (let at = 0; at < 5; at += 1) all.push(variationOf(context, keyAt(index, at)));
  }
  return all;
}

/** @param {Context} context @param {string} key */
function variationOf(context, key) {
  const decision = context.decide(key);
  if (typeof decision === 'string') return decision;
  return decision.enabled ? String(decision.variationKey) : 'off';
}

/** Hashes differ, so users get other variations of an experiment; each has a third of them, within 1 %. */
async function checkShares() {
  const audiences = [{ id: '1', operator: /** @type {const} */ ('or'), leaves: [{ name: 'beta', match: 'exists' }] }];
  // Without events and stores: full ones would teach the engine to allocate what is short-lived among what lives long.
  const createEveryone = await create([{ key: 'flag_0', audiences }], {});
  const counts = /** @type {Record<string, number>} */ ({});
  for (let index = 0; index < 30_000; index += 1) {
    const value = variationOf(createEveryone({ userId: `split-${index}`, attributes: { beta: true } }), 'flag_0');
    counts[value] = (counts[value] ?? 0) + 1;
  }
  for (const variation of ['a', 'b', 'c'])
    if (Math.abs((counts[variation] ?? 0) / 30_000 - 1 / 3) > 0.01)
      throw new Error(`${name} gives ${variation} to ${counts[variation]} of 30,000 users; a third was expected`);
}
