/**
 * A project as servers have it: many flags behind many audiences, and users with attributes of their own.
 *
 * One description is written down for every contestant, so that all of them decide the same thing: a three-way experiment
 * behind one or two audiences of two to six conditions, and a delivery for the users in none of them.
 */

/** @typedef {{ name: string, match: string, value?: string | number | boolean }} Leaf */
/** @typedef {{ id: string, operator: 'and' | 'or', leaves: Leaf[] }} Audience */
/** @typedef {{ key: string, audiences: Audience[] }} Flag */
/** @typedef {{ userId: string, attributes: Record<string, string | number | boolean> }} User */

const COUNTRIES = ['de', 'fr', 'us', 'gb', 'nl', 'pl', 'es', 'it', 'se', 'dk'];
const PLANS = ['free', 'basic', 'pro', 'team', 'enterprise'];
const DEVICES = ['phone', 'tablet', 'desktop', 'tv'];
const PATHS = ['/', '/search', '/cart', '/checkout', '/account/orders', '/account/settings', '/help'];
/** Attributes that many users have a value of: name to the values. */
export const TEXTS = {
  country: COUNTRIES,
  plan: PLANS,
  device: DEVICES,
  path: PATHS,
  language: COUNTRIES,
  browser: DEVICES,
};
export const NUMBERS = ['age', 'orders', 'spent', 'visits', 'days_since_signup'];
const SWITCHES = ['beta', 'employee', 'newsletter'];
const ATTRIBUTE_KEYS = [...Object.keys(TEXTS), ...NUMBERS, ...SWITCHES, 'version'];

/** Numbers from 0 to 1 that are the same in every run. @param {number} seed */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @template T @param {() => number} random @param {readonly T[]} list @returns {T} */
function pick(random, list) {
  return /** @type {T} */ (list[Math.floor(random() * list.length)]);
}

/**
 * Shares of match types as in datafiles in public repositories: mostly equality, then numbers, existence, versions, texts.
 *
 * @param {() => number} random
 * @returns {Leaf}
 */
function createLeaf(random) {
  const kind = random();
  if (kind < 0.5) {
    const name = pick(random, /** @type {(keyof typeof TEXTS)[]} */ (Object.keys(TEXTS)));
    return { name, match: 'exact', value: pick(random, TEXTS[name]) };
  }
  if (kind < 0.6) return { name: pick(random, SWITCHES), match: 'exact', value: random() < 0.5 };
  if (kind < 0.78) {
    const match = pick(random, ['gt', 'ge', 'lt', 'le']);
    return { name: pick(random, NUMBERS), match, value: Math.floor(random() * 100) };
  }
  if (kind < 0.84) return { name: pick(random, ATTRIBUTE_KEYS), match: 'exists' };
  if (kind < 0.94)
    return { name: 'version', match: 'semver_ge', value: `${Math.floor(random() * 5)}.${Math.floor(random() * 10)}.0` };
  return { name: 'path', match: 'substring', value: pick(random, ['account', 'cart', 'se', 'check']) };
}

/**
 * @param {number} flagCount
 * @param {number} audienceCount
 * @returns {Flag[]}
 */
export function createFlags(flagCount, audienceCount) {
  const random = createRandom(4711);
  const audiences = Array.from({ length: audienceCount }, (_, index) => ({
    id: String(7_000_000 + index),
    operator: /** @type {'and' | 'or'} */ (random() < 0.6 ? 'and' : 'or'),
    leaves: Array.from({ length: 2 + Math.floor(random() * 5) }, () => createLeaf(random)),
  }));
  return Array.from({ length: flagCount }, (_, index) => ({
    key: `flag_${index}`,
    audiences: random() < 0.7 ? [pick(random, audiences)] : [pick(random, audiences), pick(random, audiences)],
  }));
}

/** Places of an application that make users; each passes attributes of its own, always the same ones in the same order. */
const PLACES = 12;

/**
 * Users with six to ten attributes each.
 *
 * @param {number} count
 * @param {number} [most]
 * @returns {User[]}
 */
export function createUsers(count, most = 10) {
  const random = createRandom(99);
  const places = Array.from({ length: PLACES }, () => {
    const wanted = Math.max(1, most - Math.floor(random() * 5));
    const names = new Set(Array.from({ length: 4 * wanted }, () => pick(random, ATTRIBUTE_KEYS)));
    for (let extra = 0; names.size < wanted; extra += 1) names.add(`extra_${extra}`);
    return [...names].slice(0, wanted);
  });
  return Array.from({ length: count }, (_, index) => {
    /** @type {User['attributes']} */
    const attributes = {};
    for (const name of places[index % PLACES] ?? []) attributes[name] = createValue(random, name);
    return { userId: `user-${index}`, attributes };
  });
}

/** @param {() => number} random @param {string} name */
function createValue(random, name) {
  if (name in TEXTS) return pick(random, TEXTS[/** @type {keyof typeof TEXTS} */ (name)]);
  if (NUMBERS.includes(name)) return Math.floor(random() * 100);
  if (SWITCHES.includes(name)) return random() < 0.5;
  return name === 'version'
    ? `${Math.floor(random() * 5)}.${Math.floor(random() * 10)}.${Math.floor(random() * 10)}`
    : name;
}

const VARIABLES = [
  { id: 'v1', key: 'title', type: 'string', defaultValue: 'Welcome' },
  { id: 'v2', key: 'items', type: 'integer', defaultValue: '12' },
];

/**
 * The datafile of a description.
 *
 * @param {readonly Flag[]} flags
 */
export function toDatafile(flags) {
  const audiences = new Map(flags.flatMap((flag) => flag.audiences.map((audience) => [audience.id, audience])));
  const sections = flags.map((flag, index) => toSections(flag, String(100_000_000 + index * 10)));
  return JSON.stringify({
    version: '4',
    accountId: '1',
    projectId: '2',
    revision: '3',
    sdkKey: 'bench',
    environmentKey: 'bench',
    sendFlagDecisions: true,
    anonymizeIP: true,
    botFiltering: false,
    experiments: sections.map(({ experiment }) => experiment),
    groups: [],
    rollouts: sections.map(({ rollout }) => rollout),
    featureFlags: sections.map(({ flag }) => flag),
    events: [{ id: '8001', key: 'purchase', experimentIds: [] }],
    attributes: ATTRIBUTE_KEYS.map((key, index) => ({ id: String(6000 + index), key })),
    audiences: [],
    typedAudiences: [...audiences.values()].map(({ id, operator, leaves }) => ({
      id,
      name: `audience ${id}`,
      conditions: [operator, ...leaves.map((leaf) => ({ type: 'custom_attribute', ...leaf }))],
    })),
  });
}

/** @param {Flag} flag @param {string} id */
function toSections({ key, audiences }, id) {
  const variations = ['a', 'b', 'c'].map((name, index) => ({
    id: `${id}${index + 1}`,
    key: name,
    featureEnabled: true,
    variables: [{ id: 'v1', value: `Title ${name}` }],
  }));
  const rule = { status: 'Running', forcedVariations: {}, audienceIds: /** @type {string[]} */ ([]) };
  return {
    flag: { id, key, rolloutId: `${id}9`, experimentIds: [`${id}1`], variables: VARIABLES },
    experiment: {
      ...rule,
      id: `${id}1`,
      key: `${key}_experiment`,
      layerId: `${id}5`,
      variations,
      trafficAllocation: variations.map(({ id: entityId }, index) => ({
        entityId,
        endOfRange: [3_333, 6_666, 10_000][index],
      })),
      audienceConditions: ['or', ...audiences.map((audience) => audience.id)],
    },
    rollout: {
      id: `${id}9`,
      experiments: [
        {
          ...rule,
          id: `${id}8`,
          key: `${key}_everyone`,
          layerId: `${id}6`,
          variations: [{ id: `${id}7`, key: 'off', featureEnabled: false, variables: [] }],
          trafficAllocation: [{ entityId: `${id}7`, endOfRange: 10_000 }],
          audienceConditions: [],
        },
      ],
    },
  };
}
