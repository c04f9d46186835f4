/** GrowthBook on the flags of a server project. */
import { GrowthBook } from '@growthbook/growthbook';

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').Leaf} Leaf */
/** @typedef {import('../server-project.js').User} User */

const OPERATORS = /** @type {Record<string, string>} */ ({
  exact: '$eq',
  gt: '$gt',
  ge: '$gte',
  lt: '$lt',
  le: '$lte',
});

/** @param {Leaf} leaf */
function toCondition({ name, match, value }) {
  if (match === 'exists') return { [name]: { $exists: true } };
  if (match === 'semver_ge') return { [name]: { $exists: true, $vgte: value } };
  if (match === 'substring') return { [name]: { $regex: value } };
  return { [name]: { $exists: true, [OPERATORS[match] ?? '$eq']: value } };
}

/**
 * @param {readonly Flag[]} flags
 * @returns {(user: User) => { decide(key: string): string }}
 */
export function createGrowthBook(flags) {
  const features = Object.fromEntries(
    flags.map(({ key, audiences }) => {
      const condition = {
        $or: audiences.map(({ operator, leaves }) => ({ [`$${operator}`]: leaves.map(toCondition) })),
      };
      const variations = ['a', 'b', 'c'];
      const rule = {
        condition,
        coverage: 1,
        hashAttribute: 'id',
        seed: key,
        hashVersion: 2,
        variations,
        weights: [0.3333, 0.3333, 0.3334],
        key,
      };
      return [key, { defaultValue: 'off', rules: [rule] }];
    }),
  );
  return ({ userId, attributes }) => {
    const client = new GrowthBook({
      attributes: { id: userId, ...attributes },
      features: /** @type {never} */ (features),
    });
    return { decide: (key) => String(client.evalFeature(key).value) };
  };
}
