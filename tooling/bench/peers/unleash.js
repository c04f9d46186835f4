/** Unleash on the flags of a server project: its features as its service would deliver them, given at the start. */
import { once } from 'node:events';
import { NUMBERS, TEXTS } from '../server-project.js';

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').Leaf} Leaf */

const NUMERIC = /** @type {Record<string, string>} */ ({ gt: 'NUM_GT', ge: 'NUM_GTE', lt: 'NUM_LT', le: 'NUM_LTE' });

/** @param {Leaf} leaf */
function toConstraint({ name: contextName, match, value }) {
  const base = { contextName, inverted: false, values: /** @type {string[]} */ ([]) };
  if (match === 'exists') return { ...base, ...toExistence(contextName) };
  if (match === 'exact') return { ...base, operator: 'IN', values: [String(value)] };
  if (match === 'substring') return { ...base, operator: 'STR_CONTAINS', values: [String(value)] };
  // A release is above each of its own pre-releases.
  if (match === 'semver_ge') return { ...base, operator: 'SEMVER_GT', value: `${value}-0` };
  return { ...base, operator: NUMERIC[match], value: String(value) };
}

/** There is no operator for an attribute that is there: one that every value of it meets. @param {string} name */
function toExistence(name) {
  if (NUMBERS.includes(name)) return { operator: 'NUM_GTE', value: '0' };
  if (name === 'version') return { operator: 'SEMVER_GT', value: '0.0.0-0' };
  return {
    operator: 'IN',
    values: name in TEXTS ? TEXTS[/** @type {keyof typeof TEXTS} */ (name)] : ['true', 'false'],
  };
}

const VARIANTS = ['a', 'b', 'c'].map((name) => ({
  name,
  weight: name === 'c' ? 334 : 333,
  stickiness: 'userId',
}));

/** @type {import('./contestants.js').Peer<typeof import('unleash-client')>} */
export const unleash = {
  package: 'unleash-client',
  toProject: (flags) => JSON.stringify(flags.map(toFeature)),
  async create({ InMemStorageProvider, Unleash }, project) {
    const client = new Unleash({
      appName: 'bench',
      // Asked once at the start, and not there.
      url: 'http://127.0.0.1:9',
      refreshInterval: 0,
      disableMetrics: true,
      skipInstanceCountWarning: true,
      storageProvider: new InMemStorageProvider(),
      bootstrap: { data: JSON.parse(project) },
    });
    client.on('error', () => undefined);
    await once(client, 'ready');
    return ({ userId, attributes }) => {
      const context = { userId, properties: /** @type {Record<string, string>} */ (attributes) };
      return {
        decide(key) {
          const { name, enabled } = client.getVariant(key, context);
          return enabled ? name : 'off';
        },
      };
    };
  },
};

/** @param {Flag} flag */
function toFeature({ key, audiences }) {
  const parameters = { groupId: key, rollout: '100', stickiness: 'userId' };
  const toStrategy = (/** @type {Leaf[]} */ leaves) => ({
    name: 'flexibleRollout',
    parameters,
    constraints: leaves.map(toConstraint),
    variants: VARIANTS,
  });
  // Constraints of a strategy are "and"; one strategy after the other is "or".
  const strategies = audiences.flatMap(({ operator, leaves }) =>
    operator === 'and' ? [toStrategy(leaves)] : leaves.map((leaf) => toStrategy([leaf])),
  );
  return { name: key, type: 'experiment', enabled: true, strategies };
}
