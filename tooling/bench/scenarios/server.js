/**
 * Run as a child: requests of a server. One operation is a new user context with attributes of its own, some decides, and
 * with events one conversion, whose batches are serialised and answered by a collector.
 */
import {
  createBatchEventProcessor,
  createInstance,
  createStaticProjectConfigManager,
} from '@optimizely/optimizely-sdk';
import { createMemoryProfileStore } from '@sortition/profile-memory';
import { createBatchEvents, createClient, createStaticConfig } from 'sortition';
import { interleave } from '../interleave.js';
import { createFlagd } from '../peers/flagd.js';
import { createGrowthBook } from '../peers/growthbook.js';
import { createFlags, createUsers, toDatafile } from '../server-project.js';

/**
 * @typedef {object} ServerOptions
 * @property {number} flags
 * @property {number} decides
 * @property {number} audiences
 * @property {boolean} [events]
 * @property {boolean} [sticky] With a profile store in memory.
 * @property {boolean} [alone] Only ours, for a profile.
 * @property {boolean} [peers] GrowthBook and flagd-core take part.
 * @property {number} [attributes] Most attributes of a user; 10 unless given.
 * @property {number} rounds
 */

/** @typedef {import('../server-project.js').User} User */
/** @typedef {{ decide(key: string): { variationKey: string | null, enabled: boolean }, trackEvent(key: string): unknown }} Context */

const options = /** @type {ServerOptions} */ (JSON.parse(process.argv[2] ?? '{}'));
const flags = createFlags(options.flags, options.audiences);
const datafile = toDatafile(flags);
const users = createUsers(3_000, options.attributes);
const keys = flags.map(({ key }) => key);
const ANSWER = /** @type {Response} */ ({ status: 204 });
let bytes = 0;

const official = createInstance({
  projectConfigManager: createStaticProjectConfigManager({ datafile }),
  ...(options.sticky && { userProfileService: createRecordStore() }),
  ...(options.events && {
    eventProcessor: createBatchEventProcessor({
      batchSize: 10,
      eventDispatcher: {
        dispatchEvent: async ({ params }) => {
          bytes += JSON.stringify(params).length;
          return { statusCode: 204 };
        },
      },
    }),
  }),
});
const ours = createClient({
  config: createStaticConfig({ datafile }),
  logger: false,
  ...(options.sticky && { profiles: createMemoryProfileStore() }),
  events: options.events
    ? createBatchEvents({
        batchSize: 10,
        fetch: async (_url, init) => {
          bytes += String(init?.body).length;
          return ANSWER;
        },
      })
    : null,
});

const contestants = {
  official: (/** @type {User} */ { userId, attributes }) =>
    /** @type {Context} */ (/** @type {unknown} */ (official.createUserContext(userId, attributes))),
  sortition: (/** @type {User} */ { userId, attributes }) =>
    /** @type {Context} */ (/** @type {unknown} */ (ours.createUserContext(userId, attributes))),
};
const peers = options.peers ? { GrowthBook: createGrowthBook(flags), 'flagd-core': createFlagd(flags) } : {};

checkEqual();
const shares = await interleave(
  [
    ...Object.entries(options.alone ? { sortition: contestants.sortition } : contestants).map(
      ([name, createContext]) => ({
        name,
        run: (/** @type {number} */ index) => {
          const context = createContext(userAt(index));
          for (let at = 0; at < options.decides; at += 1) context.decide(keyAt(index, at));
          if (options.events) context.trackEvent('purchase');
        },
      }),
    ),
    ...Object.entries(peers).map(([name, createContext]) => ({
      name,
      run: (/** @type {number} */ index) => {
        const context = createContext(userAt(index));
        for (let at = 0; at < options.decides; at += 1) context.decide(keyAt(index, at));
      },
    })),
  ],
  { rounds: options.rounds, operations: Math.ceil(12_000 / (options.decides + 3)) },
);
if (options.events && bytes === 0) throw new Error('no event arrived at the collector');
console.log(JSON.stringify(shares));
process.exit(0);

/** @param {number} index */
function userAt(index) {
  return /** @type {User} */ (users[index % users.length]);
}

/** @param {number} index @param {number} at */
function keyAt(index, at) {
  return /** @type {string} */ (keys[(index * 7 + at * 131) % keys.length]);
}

/** Nothing is worth timing unless all contestants decide the same. */
function checkEqual() {
  const shares = new Map();
  let served = 0;
  let asked = 0;
  for (let index = 0; index < 600; index += 1) {
    const user = userAt(index);
    const their = contestants.official(user);
    const our = contestants.sortition(user);
    const others = Object.entries(peers).map(([name, create]) => /** @type {const} */ ([name, create(user)]));
    for (let at = 0; at < 5; at += 1) {
      const key = keyAt(index, at);
      const expected = their.decide(key);
      const actual = our.decide(key);
      if (expected.variationKey !== actual.variationKey || expected.enabled !== actual.enabled)
        throw new Error(`the contestants disagree on ${key} for ${user.userId}`);
      asked += 1;
      if (expected.enabled) served += 1;
      for (const [name, context] of others) {
        const value = context.decide(key);
        // Hashes differ, so users get other variations of the experiment; who is in it may not differ.
        if ((value !== 'off') !== expected.enabled)
          throw new Error(`${name} disagrees on the audience of ${key} for ${user.userId}`);
        if (value !== 'off') shares.set(`${name} ${value}`, (shares.get(`${name} ${value}`) ?? 0) + 1);
      }
    }
  }
  if (served < asked / 10 || served > asked * 0.9)
    throw new Error(`${served} of ${asked} were served: not a realistic project`);
  if (options.peers) checkShares();
}

/** The split of each peer is a third each, within 1 %. */
function checkShares() {
  const everyone = createFlags(1, 1).map((flag) => ({
    ...flag,
    audiences: [{ id: '1', operator: /** @type {const} */ ('or'), leaves: [{ name: 'all', match: 'exists' }] }],
  }));
  for (const [name, create] of Object.entries({
    GrowthBook: createGrowthBook(everyone),
    'flagd-core': createFlagd(everyone),
  })) {
    const counts = /** @type {Record<string, number>} */ ({});
    for (let index = 0; index < 30_000; index += 1) {
      const value = create({ userId: `split-${index}`, attributes: { all: true } }).decide('flag_0');
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const variation of ['a', 'b', 'c'])
      if (Math.abs((counts[variation] ?? 0) / 30_000 - 1 / 3) > 0.01)
        throw new Error(`${name} gives ${variation} to ${counts[variation]} of 30,000 users; a third was expected`);
  }
}

function createRecordStore() {
  const records = new Map();
  return {
    lookup: (/** @type {string} */ userId) => records.get(userId) ?? null,
    save: (/** @type {{ user_id: string }} */ profile) => void records.set(profile.user_id, profile),
  };
}
