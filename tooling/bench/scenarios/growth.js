/** Run as a child: what one of our own operations costs when something grows, beside the same when it is small. */
import { createMemoryProfileStore } from '@sortition/profile-memory';
import { createClient, createStaticConfig } from 'sortition';
import { interleave } from '../interleave.js';
import { createFlags, createUsers, toDatafile } from '../server-project.js';

/**
 * @typedef {object} Size
 * @property {number} flags
 * @property {number} audiences
 * @property {number} clients
 * @property {number} attributes
 * @property {number} profiles Users with a stored profile; 0 without a store.
 */

const { small, large, rounds } = /** @type {{ small: Size, large: Size, rounds: number }} */ (
  JSON.parse(process.argv[2] ?? '{}')
);
const shares = await interleave([contestant('small', small), contestant('large', large)], { rounds, operations: 400 });
console.log(JSON.stringify(shares));
process.exit(0);

/** @param {string} name @param {Size} size */
function contestant(name, { flags, audiences, clients, attributes, profiles }) {
  const described = createFlags(flags, audiences);
  const datafile = toDatafile(described);
  const made = Array.from({ length: clients }, () =>
    createClient({
      config: createStaticConfig({ datafile }),
      events: null,
      logger: false,
      ...(profiles > 0 && { profiles: createMemoryProfileStore({ maxUsers: Math.max(profiles, 2_000) }) }),
    }),
  );
  const users = createUsers(profiles > 0 ? profiles : 2_000, attributes);
  return {
    name,
    run: (/** @type {number} */ index) => {
      const client = /** @type {import('sortition').Client} */ (made[index % made.length]);
      const user = /** @type {import('../server-project.js').User} */ (users[index % users.length]);
      const context = client.createUserContext(user.userId, user.attributes);
      for (let at = 0; at < 5; at += 1) context.decide(`flag_${(index * 7 + at * 131) % flags}`);
    },
  };
}
