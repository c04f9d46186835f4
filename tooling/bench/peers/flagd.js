/** OpenFeature's flagd-core on the flags of a server project. */

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').Leaf} Leaf */

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

/** @type {import('./contestants.js').Peer<typeof import('@openfeature/flagd-core')>} */
export const flagd = {
  package: '@openfeature/flagd-core',
  toProject: (flags) => JSON.stringify({ flags: Object.fromEntries(flags.map((flag) => [flag.key, toFlag(flag)])) }),
  create({ FlagdCore }, project) {
    const core = new FlagdCore(undefined, SILENT);
    core.setConfigurations(project);
    return ({ userId, attributes }) => {
      const context = { targetingKey: userId, ...attributes };
      return { decide: (key) => core.resolveStringEvaluation(key, 'off', context, SILENT).value };
    };
  },
};

/** @param {Flag} flag */
function toFlag({ key, audiences }) {
  const inAudience = { or: audiences.map(({ operator, leaves }) => ({ [operator]: leaves.map(toRule) })) };
  const fractional = [{ cat: [{ var: 'targetingKey' }, key] }, ['a', 3333], ['b', 3333], ['c', 3334]];
  return {
    state: 'ENABLED',
    variants: { a: 'a', b: 'b', c: 'c', off: 'off' },
    defaultVariant: 'off',
    targeting: { if: [inAudience, { fractional }, 'off'] },
  };
}
