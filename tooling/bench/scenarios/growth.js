/** Run as a child: what one operation costs when something grows, beside the same of the same contestant when it is small. */
import { interleave } from '../interleave.js';
import { createContestant } from '../peers/contestants.js';
import { createFlags, createUsers, toDatafile } from '../server-project.js';

/** @typedef {import('../server-project.js').User} User */
/** @typedef {import('../peers/contestants.js').CreateContext} CreateContext */
/**
 * @typedef {object} Size
 * @property {number} flags
 * @property {number} audiences
 * @property {number} clients
 * @property {number} attributes
 * @property {number} profiles Users with a stored profile; 0 without a store.
 */

const { peer, small, large, rounds } = /** @type {{ peer: string, small: Size, large: Size, rounds: number }} */ (
  JSON.parse(process.argv[2] ?? '{}')
);

const USERS = 2_000;
// By then each user had a turn, and each flag was decided.
const least = Math.max(USERS, large.flags);
const shares = await interleave([await contestant('small', small), await contestant('large', large)], {
  rounds,
  least,
});
console.log(JSON.stringify(shares));
process.exit(0);

/** @param {string} name @param {Size} size */
async function contestant(name, { flags, audiences, clients, attributes, profiles }) {
  const described = createFlags(flags, audiences);
  const setup = { flags: described, datafile: toDatafile(described), sticky: profiles > 0 };
  const made = await Promise.all(Array.from({ length: clients }, () => createContestant(peer, setup)));
  const users = createUsers(profiles > 0 ? profiles : USERS, attributes);
  return {
    name,
    run: (/** @type {number} */ index) => {
      const createContext = /** @type {CreateContext} */ (made[index % made.length]);
      const context = createContext(/** @type {User} */ (users[index % users.length]));
      // With profiles for the same flags, so that a profile is as large whether there are many or one.
      const from = profiles > 0 ? 0 : index;
      for (let at = 0; at < 5; at += 1) context.decide(`flag_${(from * 7 + at * 131) % flags}`);
    },
  };
}
