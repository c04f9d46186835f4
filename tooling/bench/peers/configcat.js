/** ConfigCat on the flags of a server project: a config as its service would deliver it, out of a cache. */

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').Leaf} Leaf */

/** Numbers of ConfigCat's comparators. */
const COMPARATORS = /** @type {Record<string, number>} */ ({
  exact: 28, // text equals
  exists: 29, // text does not equal
  substring: 2, // contains any of
  semver_ge: 9,
  lt: 12,
  le: 13,
  gt: 14,
  ge: 15,
});

/** A text that no attribute has: there is no comparator for an attribute that is there. */
const NO_VALUE = '\u0000';

let clients = 0;

/** @param {Leaf} leaf */
function toCondition({ name, match, value = NO_VALUE }) {
  const operand =
    match === 'substring' ? { l: [value] } : typeof value === 'number' ? { d: value } : { s: String(value) };
  return { u: { a: name, c: COMPARATORS[match], ...operand } };
}

const SPLIT = [
  { p: 33, v: { s: 'a' } },
  { p: 33, v: { s: 'b' } },
  { p: 34, v: { s: 'c' } },
];

/** In Node and, as `configcat-js`, in pages. @type {import('./contestants.js').Peer<typeof import('configcat-node') & typeof import('configcat-js')>} */
export const configCat = {
  package: 'configcat-node',
  toProject(flags) {
    const config = {
      p: { u: 'https://cdn-global.configcat.com', r: 0, s: 'salt' },
      f: Object.fromEntries(flags.map((flag) => [flag.key, toSetting(flag)])),
    };
    return `${Date.now()}\n"etag"\n${JSON.stringify(config)}`;
  },
  async create({ createConsoleLogger, getClient, LogLevel, PollingMode }, project) {
    // Clients of one key are one client.
    clients += 1;
    const sdkKey = `configcat-sdk-1/${String(clients).padStart(22, '0')}/${'0'.repeat(22)}`;
    const client = getClient(sdkKey, PollingMode.ManualPoll, {
      offline: true,
      cache: { get: () => project, set: () => undefined },
      logger: createConsoleLogger(LogLevel.Off),
    });
    await client.waitForReady();
    return ({ userId, attributes }) => {
      const snapshot = client.snapshot();
      const user = { identifier: userId, custom: /** @type {Record<string, string>} */ (attributes) };
      return { decide: (key) => String(snapshot.getValue(key, 'off', user)) };
    };
  },
};

/** Conditions of a rule are "and"; one rule after the other is "or". @param {Flag} flag */
function toSetting({ audiences }) {
  const rules = audiences.flatMap(({ operator, leaves }) => {
    const conditions = leaves.map(toCondition);
    const rulesOf = operator === 'and' ? [conditions] : conditions.map((condition) => [condition]);
    return rulesOf.map((c) => ({ c, p: SPLIT }));
  });
  return { t: 1, v: { s: 'off' }, r: rules };
}
