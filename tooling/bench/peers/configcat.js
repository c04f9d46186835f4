/** ConfigCat on the flags of a server project: a config as its service would deliver it, out of a cache. */
import { createConsoleLogger, getClient, LogLevel, PollingMode } from 'configcat-node';

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').Leaf} Leaf */
/** @typedef {import('../server-project.js').User} User */

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

/**
 * @param {readonly Flag[]} flags
 * @returns {Promise<(user: User) => { decide(key: string): string }>}
 */
export async function createConfigCat(flags) {
  const p = [
    { p: 33, v: { s: 'a' } },
    { p: 33, v: { s: 'b' } },
    { p: 34, v: { s: 'c' } },
  ];
  // Conditions of a rule are "and"; one rule after the other is "or".
  const settings = flags.map(({ key, audiences }) => {
    const rules = audiences.flatMap(({ operator, leaves }) => {
      const conditions = leaves.map(toCondition);
      return operator === 'and' ? [{ c: conditions, p }] : conditions.map((condition) => ({ c: [condition], p }));
    });
    return [key, { t: 1, v: { s: 'off' }, r: rules }];
  });
  const config = { p: { u: 'https://cdn-global.configcat.com', r: 0, s: 'salt' }, f: Object.fromEntries(settings) };
  const cached = `${Date.now()}\n"etag"\n${JSON.stringify(config)}`;
  // Clients of one key are one client.
  clients += 1;
  const sdkKey = `configcat-sdk-1/${String(clients).padStart(22, '0')}/${'0'.repeat(22)}`;
  const client = getClient(sdkKey, PollingMode.ManualPoll, {
    offline: true,
    cache: { get: () => cached, set: () => undefined },
    logger: createConsoleLogger(LogLevel.Off),
  });
  await client.waitForReady();
  return ({ userId, attributes }) => {
    const snapshot = client.snapshot();
    const user = { identifier: userId, custom: /** @type {Record<string, string>} */ (attributes) };
    return { decide: (key) => String(snapshot.getValue(key, 'off', user)) };
  };
}
