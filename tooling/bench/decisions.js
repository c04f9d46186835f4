/**
 * `pnpm bench --kept`: the flattering measures, of one kept user, hot flags and a datafile with two audiences, as ratios
 * beside the official SDK measured in one run. What users can expect is measured by `main.js`.
 *
 * A row that misses its target is marked; the exit code stays 0, because a
 * noisy machine does not fail a build.
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createInstance, createStaticProjectConfigManager } from '@optimizely/optimizely-sdk';
import { createMemoryProfileStore } from '@sortition/profile-memory';
import { createClient, createStaticConfig } from 'sortition';
import { measureInChildren } from './children.js';
import { bytesPerOperation, compare, median, sink } from './compare.js';
import { ATTRIBUTES, createDatafile } from './datafiles.js';
import { official, ours } from './peers/clients.js';
import { printResults } from './report.js';

/** @typedef {import('./report.js').Result} Result */

const { quick, scenario, take } = parseArgs({
  options: { quick: { type: 'boolean' }, scenario: { type: 'string' }, take: { type: 'boolean' } },
}).values;
const rounds = quick ? 9 : 41;
const USER = 'user-4711';

/** @type {Result[]} */
const results = [];

/** Each runs in a process of its own, as an application would: what one leaves in the compiler is not the next one's. */
/** @type {(() => Promise<void>)[]} */
const scenarios = [];

/**
 * @param {string} name
 * @param {number} target
 * @param {() => unknown} runOurs
 * @param {() => unknown} runTheirs
 */
async function throughput(name, target, runOurs, runTheirs) {
  process.stderr.write(`measuring: ${name}\n`);
  const { ratio, nsFast, nsSlow } = await compare(
    { name: 'ours', run: runOurs },
    { name: 'theirs', run: runTheirs },
    { rounds },
  );
  results.push({ name, ratio, target, better: 'higher', ours: nsFast, theirs: nsSlow, unit: 'ns' });
}

const uniform = JSON.stringify(createDatafile(100));
const mixed = JSON.stringify(createDatafile(100, 'mixed'));
const thousand = JSON.stringify(createDatafile(1_000, 'mixed'));
const tenThousand = JSON.stringify(createDatafile(10_000, 'mixed'));

/**
 * @param {string} datafile
 * @param {string} [userId]
 */
function contexts(datafile, userId = USER) {
  const our = ours(datafile).createUserContext(userId, ATTRIBUTES);
  const their = /** @type {import('@optimizely/optimizely-sdk').OptimizelyUserContext} */ (
    official(datafile).createUserContext(userId, ATTRIBUTES)
  );
  const theirs = their.decideAll();
  for (const [key, decision] of Object.entries(our.decideAll())) {
    if (asText(decision) === asText(theirs[key])) continue;
    throw new Error(`The contestants disagree on ${key}; nothing is worth measuring.`);
  }
  return { our, their };
}

/** @param {{ variationKey: string | null, enabled: boolean, ruleKey: string | null, variables: unknown } | undefined} decision */
function asText(decision) {
  return JSON.stringify([decision?.variationKey, decision?.enabled, decision?.ruleKey, decision?.variables]);
}

scenarios.push(async () => {
  const { our, their } = contexts(uniform);
  await throughput(
    'decide, kept context, 3-way experiment',
    25,
    () => our.decide('flag_0'),
    () => their.decide('flag_0'),
  );
  await throughput(
    'decide with INCLUDE_REASONS',
    6,
    () => our.decide('flag_0', ['INCLUDE_REASONS']),
    () => their.decide('flag_0', /** @type {never} */ (['INCLUDE_REASONS'])),
  );
});

scenarios.push(async () => {
  const { our, their } = contexts(mixed);
  const keys = Array.from({ length: 100 }, (_, index) => `flag_${index}`);
  let a = 0;
  let b = 0;
  await throughput(
    'decide, kept context, rotating over 100 mixed flags',
    16.7,
    () => our.decide(/** @type {string} */ (keys[a++ % 100])),
    () => their.decide(/** @type {string} */ (keys[b++ % 100])),
  );
  await throughput(
    'decideAll, 100 flags',
    12,
    () => our.decideAll(),
    () => their.decideAll(),
  );
});

scenarios.push(async () => {
  const ourClient = ours(thousand);
  const theirClient = official(thousand);
  let a = 0;
  let b = 0;
  /** @param {{ decide(key: string): unknown }} context @param {number} request */
  const fiveDecides = (context, request) => {
    for (let index = 0; index < 5; index += 1)
      sink.last = context.decide(`flag_${(request * 7 + index * 131) % 1_000}`);
  };
  await throughput(
    'request: new context + 5 decides of 1,000 flags',
    10,
    () => fiveDecides(ourClient.createUserContext(`user-${a % 5_000}`, ATTRIBUTES), a++),
    () => fiveDecides(theirClient.createUserContext(`user-${b % 5_000}`, ATTRIBUTES), b++),
  );
  const our = ourClient.createUserContext(USER, ATTRIBUTES);
  const their = theirClient.createUserContext(USER, ATTRIBUTES);
  await throughput(
    'decideAll, 1,000 flags',
    10,
    () => our.decideAll(),
    () => their.decideAll(),
  );
  await throughput(
    'createUserContext',
    4,
    () => ourClient.createUserContext(USER, ATTRIBUTES),
    () => theirClient.createUserContext(USER, ATTRIBUTES),
  );
});

scenarios.push(async () => {
  const { our, their } = contexts(uniform);
  const our1 = bytesPerOperation({ name: 'ours', run: () => our.decide('flag_0') });
  const their1 = bytesPerOperation({ name: 'official', run: () => their.decide('flag_0') });
  results.push({
    name: 'garbage per decide',
    ratio: our1 / their1,
    target: 0.06,
    better: 'lower',
    ours: our1,
    theirs: their1,
    unit: 'B',
  });
});

scenarios.push(async () => {
  process.stderr.write('measuring: growth\n');
  const few = ours(JSON.stringify(createDatafile(10))).createUserContext(USER, ATTRIBUTES);
  const many = ours(JSON.stringify(createDatafile(10_000))).createUserContext(USER, ATTRIBUTES);
  const growth = await compare(
    { name: '10', run: () => few.decide('flag_7') },
    { name: '10,000', run: () => many.decide('flag_7') },
    { rounds },
  );
  results.push({
    name: 'decide at 10,000 flags vs 10',
    ratio: growth.ratio,
    target: 1.3,
    better: 'lower',
    ours: growth.nsSlow,
    theirs: growth.nsFast,
    unit: 'ns',
  });

  /** @param {number} entries */
  const sticky = (entries) => {
    const store = createMemoryProfileStore();
    const probe = ours(uniform).createUserContext(USER, ATTRIBUTES).decide('flag_0');
    const ids = createDatafile(1).experiments[0];
    const variationId = ids?.variations.find(({ key }) => key === probe.variationKey)?.id ?? '';
    /** @type {Record<string, { variation_id: string }>} */
    const map = { [ids?.id ?? '']: { variation_id: variationId } };
    for (let index = 1; index < entries; index += 1) map[`other${index}`] = { variation_id: `x${index}` };
    store.save?.({ user_id: USER, experiment_bucket_map: map });
    const client = createClient({
      config: createStaticConfig({ datafile: uniform }),
      events: null,
      logger: false,
      profiles: store,
    });
    const context = client.createUserContext(USER, ATTRIBUTES);
    return () => context.decide('flag_0');
  };
  const profile = await compare({ name: '1', run: sticky(1) }, { name: '1,000', run: sticky(1_000) }, { rounds });
  results.push({
    name: 'sticky hit, profile of 1,000 entries vs 1',
    ratio: profile.ratio,
    target: 1.5,
    better: 'lower',
    ours: profile.nsSlow,
    theirs: profile.nsFast,
    unit: 'ns',
  });
});

scenarios.push(async () => {
  process.stderr.write('measuring: creation\n');
  const create = await compare(
    { name: 'ours', run: () => ours(thousand) },
    {
      name: 'official',
      run: () => createInstance({ projectConfigManager: createStaticProjectConfigManager({ datafile: thousand }) }),
    },
    { rounds: quick ? 5 : 15, batchMs: 60, inTurns: true },
  );
  results.push({
    name: 'createClient, 1,000 flags',
    ratio: create.ratio,
    target: 2,
    better: 'higher',
    ours: create.nsFast,
    theirs: create.nsSlow,
    unit: 'ns',
  });
  const parse = await compare(
    { name: 'JSON.parse', run: () => JSON.parse(thousand) },
    { name: 'ours', run: () => ours(thousand) },
    { rounds: quick ? 5 : 15, batchMs: 60, inTurns: true },
  );
  results.push({
    name: 'createClient vs JSON.parse of its datafile',
    ratio: parse.ratio,
    target: 1.24,
    better: 'lower',
    ours: parse.nsSlow,
    theirs: parse.nsFast,
    unit: 'ns',
  });

  // Ten projects of 1,000 flags beside one of 10,000: as much work and memory, so that only growth makes a difference.
  const infoTime = (/** @type {string} */ datafile, /** @type {number} */ projects) => {
    const times = Array.from({ length: 5 }, () => {
      const clients = Array.from({ length: projects }, () => ours(datafile));
      const start = process.cpuUsage();
      sink.last = clients.map((client) => client.getProjectInfo());
      const { user, system } = process.cpuUsage(start);
      return ((user + system) * 1_000) / projects;
    });
    return median(times);
  };
  infoTime(thousand, 10);
  const smallNs = infoTime(thousand, 10);
  const largeNs = infoTime(tenThousand, 1);
  results.push({
    name: 'getProjectInfo, 10,000 flags vs 1,000 (linear: 10)',
    ratio: largeNs / smallNs,
    target: 15,
    better: 'lower',
    ours: largeNs,
    theirs: smallNs,
    unit: 'ns',
  });
});

scenarios.push(async () => {
  process.stderr.write('measuring: heap and import time in child processes\n');
  results.push(...measureInChildren(quick ? 5 : 15));
});

if (scenario) {
  await scenarios[Number(scenario)]?.();
  console.log(JSON.stringify(results));
} else {
  printResults(
    scenarios.flatMap((_, index) => runApart(index)),
    take,
  );
}

/**
 * @param {number} index
 * @returns {Result[]}
 */
function runApart(index) {
  const script = fileURLToPath(import.meta.url);
  const args = [...process.execArgv, script, `--scenario=${index}`, ...(quick ? ['--quick'] : [])];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
}
