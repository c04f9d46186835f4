/** Run as a child: what one operation costs when something grows, beside the same of the same contestant when it is small. */
import { createMemoryProfileStore } from '@sortition/profile-memory';
import { createClient, createStaticConfig } from 'sortition';
import { interleave } from '../interleave.js';
import { createFloor } from '../peers/floor.js';
import { createOfficial } from '../peers/official.js';
import { createFlags, createUsers, toDatafile } from '../server-project.js';

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').User} User */
/**
 * @typedef {object} Size
 * @property {number} flags
 * @property {number} audiences
 * @property {number} clients
 * @property {number} attributes
 * @property {number} profiles Users with a stored profile; 0 without a store.
 */

const { peer, small, large, rounds } =
  /** @type {{ peer: 'sortition' | 'official' | 'floor', small: Size, large: Size, rounds: number }} */ (
    JSON.parse(process.argv[2] ?? '{}')
  );

/** How a contestant makes a client, and that the context of a user. */
const PEERS = {
  sortition: createSortition,
  official: (/** @type {Flag[]} */ flags, /** @type {string} */ datafile, /** @type {number} */ profiles) =>
    createOfficial({
      flags,
      datafile,
      events: false,
      sticky: profiles > 0,
      redisPort: undefined,
      collect: () => undefined,
    }),
  floor: createFloor,
};
const shares = await interleave([contestant('small', small), contestant('large', large)], { rounds, operations: 400 });
console.log(JSON.stringify(shares));
process.exit(0);

/** @param {readonly Flag[]} _flags @param {string} datafile @param {number} profiles */
function createSortition(_flags, datafile, profiles) {
  const client = createClient({
    config: createStaticConfig({ datafile }),
    events: null,
    logger: false,
    ...(profiles > 0 && { profiles: createMemoryProfileStore({ maxUsers: Math.max(profiles, 2_000) }) }),
  });
  return (/** @type {User} */ { userId, attributes }) => client.createUserContext(userId, attributes);
}

/** @param {string} name @param {Size} size */
function contestant(name, { flags, audiences, clients, attributes, profiles }) {
  const described = createFlags(flags, audiences);
  const datafile = toDatafile(described);
  const made = Array.from({ length: clients }, () => PEERS[peer](described, datafile, profiles));
  const users = createUsers(profiles > 0 ? profiles : 2_000, attributes);
  return {
    name,
    run: (/** @type {number} */ index) => {
      const createContext = /** @type {(user: User) => { decide(key: string): unknown }} */ (made[index % made.length]);
      const context = createContext(/** @type {User} */ (users[index % users.length]));
      for (let at = 0; at < 5; at += 1) context.decide(`flag_${(index * 7 + at * 131) % flags}`);
    },
  };
}
