/**
 * What the decisions of a server project cost at least: an evaluator written for this datafile alone. No reasons, no forced
 * decisions, no stored assignments, no checks; the attributes are copied and the same users get the same variations.
 */
import { computeBucket } from '@sortition/core';

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').Leaf} Leaf */
/** @typedef {import('../server-project.js').User} User */
/** @typedef {(attributes: User['attributes']) => boolean} Test */

/** @param {Leaf} leaf @returns {Test} */
function toTest({ name, match, value = '' }) {
  const wanted = String(value).split('.').map(Number);
  switch (match) {
    case 'exact':
      return (attributes) => attributes[name] === value;
    case 'exists':
      return (attributes) => attributes[name] !== undefined;
    case 'gt':
      return (attributes) => Number(attributes[name]) > Number(value);
    case 'ge':
      return (attributes) => Number(attributes[name]) >= Number(value);
    case 'lt':
      return (attributes) => Number(attributes[name]) < Number(value);
    case 'le':
      return (attributes) => Number(attributes[name]) <= Number(value);
    case 'substring':
      return (attributes) => attributes[name] !== undefined && String(attributes[name]).includes(String(value));
    default:
      return (attributes) => attributes[name] !== undefined && isAtLeast(String(attributes[name]).split('.'), wanted);
  }
}

/** @param {readonly string[]} parts @param {readonly number[]} wanted */
function isAtLeast(parts, wanted) {
  for (const [index, least] of wanted.entries())
    if (Number(parts[index]) !== least) return Number(parts[index]) > least;
  return true;
}

/**
 * @param {readonly Flag[]} flags
 * @returns {(user: User) => { decide(key: string): { variationKey: string, enabled: boolean } }}
 */
export function createFloor(flags) {
  const compiled = new Map(
    flags.map(({ key, audiences }, index) => {
      const tests = audiences.map(({ operator, leaves }) => {
        const all = leaves.map(toTest);
        /** @type {Test} */
        const meets =
          operator === 'and' ? (user) => all.every((test) => test(user)) : (user) => all.some((test) => test(user));
        return meets;
      });
      const served = ['a', 'b', 'c'].map((variationKey) => ({ variationKey, enabled: true }));
      return [key, { id: `${100_000_000 + index * 10}1`, tests, served }];
    }),
  );
  const off = { variationKey: 'off', enabled: false };
  return ({ userId, attributes }) => {
    const copy = { ...attributes };
    return {
      decide(key) {
        const flag = compiled.get(key);
        if (!flag?.tests.some((test) => test(copy))) return { ...off };
        const bucket = computeBucket(userId, flag.id);
        return { .../** @type {typeof off} */ (flag.served[bucket < 3_333 ? 0 : bucket < 6_666 ? 1 : 2]) };
      },
    };
  };
}
