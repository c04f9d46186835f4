/** GrowthBook on the flags of a server project. */

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').Leaf} Leaf */

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

/** @type {import('./contestants.js').Peer<typeof import('@growthbook/growthbook')>} */
export const growthBook = {
  package: '@growthbook/growthbook',
  toProject: (flags) => JSON.stringify(Object.fromEntries(flags.map((flag) => [flag.key, toFeature(flag)]))),
  async create(sdk, project, { sticky, redisPort } = {}) {
    const { GrowthBook } = sdk;
    const features = JSON.parse(project);
    const stickyBucketService = redisPort
      ? await createRedisService(sdk, redisPort)
      : sticky && createMemoryService(sdk);
    return ({ userId, attributes }) => {
      const user = { id: userId, ...attributes };
      if (!stickyBucketService) return toContext(new GrowthBook({ attributes: user, features }));
      const client = new GrowthBook({ attributes: user, stickyBucketService });
      // What is stored of a user is read before the first decision: at once from memory, awaited from Redis.
      if (!redisPort) return toContext(client.initSync({ payload: { features } }));
      return { ...toContext(client), load: async () => void (await client.init({ payload: { features } })) };
    };
  },
};

/** @param {Flag} flag */
function toFeature({ key, audiences }) {
  const condition = {
    $or: audiences.map(({ operator, leaves }) => ({ [`$${operator}`]: leaves.map(toCondition) })),
  };
  const rule = {
    condition,
    coverage: 1,
    hashAttribute: 'id',
    seed: key,
    hashVersion: 2,
    variations: ['a', 'b', 'c'],
    weights: [0.3333, 0.3333, 0.3334],
    key,
  };
  return { defaultValue: 'off', rules: [rule] };
}

/** @param {import('@growthbook/growthbook').GrowthBook} client */
function toContext(client) {
  return { decide: (/** @type {string} */ key) => String(client.evalFeature(key).value) };
}

/** @param {typeof import('@growthbook/growthbook')} sdk */
function createMemoryService({ StickyBucketServiceSync }) {
  const documents = new Map();
  return new (class extends StickyBucketServiceSync {
    /** @param {string} name @param {string} value */
    getAssignmentsSync(name, value) {
      return documents.get(this.getKey(name, value)) ?? null;
    }

    /** @param {import('@growthbook/growthbook').StickyAssignmentsDocument} document */
    saveAssignmentsSync(document) {
      documents.set(this.getKey(document.attributeName, document.attributeValue), document);
    }
  })();
}

/** @param {typeof import('@growthbook/growthbook')} sdk @param {number} port */
async function createRedisService({ RedisStickyBucketService }, port) {
  const { Redis } = await import('ioredis');
  // What GrowthBook asks of a client is narrower than the types of ioredis.
  return new RedisStickyBucketService({ redis: /** @type {never} */ (new Redis(port)) });
}
