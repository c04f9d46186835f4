/** OpenFeature's flagd-core on the flags of a server project. */
import { FlagdCore } from '@openfeature/flagd-core';

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').Leaf} Leaf */
/** @typedef {import('../server-project.js').User} User */

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
const OPERATORS = /** @type {Record<string, string>} */ ({ exact: '===', gt: '>', ge: '>=', lt: '<', le: '<=' });

/** @param {Leaf} leaf */
function toRule({ name, match, value }) {
  const actual = { var: name };
  const isThere = { '!==': [actual, null] };
  if (match === 'exists') return isThere;
  if (match === 'semver_ge') return { and: [isThere, { sem_ver: [actual, '>=', value] }] };
  if (match === 'substring') return { and: [isThere, { in: [value, actual] }] };
  return { and: [isThere, { [OPERATORS[match] ?? '===']: [actual, value] }] };
}

/**
 * @param {readonly Flag[]} flags
 * @returns {(user: User) => { decide(key: string): string }}
 */
export function createFlagd(flags) {
  const core = new FlagdCore(undefined, SILENT);
  const described = flags.map(({ key, audiences }) => {
    const inAudience = { or: audiences.map(({ operator, leaves }) => ({ [operator]: leaves.map(toRule) })) };
    const fractional = [{ cat: [{ var: 'targetingKey' }, key] }, ['a', 3333], ['b', 3333], ['c', 3334]];
    return [
      key,
      {
        state: 'ENABLED',
        variants: { a: 'a', b: 'b', c: 'c', off: 'off' },
        defaultVariant: 'off',
        targeting: { if: [inAudience, { fractional }, 'off'] },
      },
    ];
  });
  core.setConfigurations(JSON.stringify({ flags: Object.fromEntries(described) }));
  return ({ userId, attributes }) => {
    const context = { targetingKey: userId, ...attributes };
    return { decide: (key) => core.resolveStringEvaluation(key, 'off', context, SILENT).value };
  };
}
