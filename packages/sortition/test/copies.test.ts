/** Several copies of the SDK at once: two formats in one process, realms, threads and processes. Nothing may be shared. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { createLabServer, createMemoryEventStore } from '@sortition/emulator';
import { startChild } from '@sortition/rig';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { shopDatafile } from './shop-datafile.ts';

type Sdk = typeof import('../src/index.ts');

const USERS = Array.from({ length: 50 }, (_, index) => `user-${index}`);
const folder = mkdtempSync(join(tmpdir(), 'sortition-copies-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const copies = new Map<string, Sdk>();

async function bundle(name: string, options: BuildOptions): Promise<string> {
  const outfile = join(folder, name);
  const entryPoints = [join(import.meta.dirname, '../src/index.ts')];
  await build({ entryPoints, outfile, bundle: true, conditions: ['@sortition/source'], logLevel: 'error', ...options });
  return outfile;
}

beforeAll(async () => {
  const esm = await bundle('sdk.mjs', { format: 'esm', platform: 'node' });
  const cjs = await bundle('sdk.cjs', { format: 'cjs', platform: 'node' });
  copies.set('ESM', await import(/* @vite-ignore */ esm));
  copies.set('CommonJS', createRequire(import.meta.url)(cjs));
});

function copy(name: string): Sdk {
  const sdk = copies.get(name);
  if (sdk === undefined) throw new Error(`there is no copy ${name}`);
  return sdk;
}

async function startCollector() {
  const store = createMemoryEventStore();
  const lab = await createLabServer({ eventStore: store });
  onTestFinished(() => lab.close());
  return { endpoint: `${lab.url}/v1/events`, arrived: () => store.events.size };
}

/** What each user gets of the flag that splits them. */
function splitUsers({ createClient, createStaticConfig }: Sdk): (string | null)[] {
  const client = createClient({
    config: createStaticConfig({ datafile: shopDatafile() }),
    events: null,
    logger: false,
  });
  return USERS.map((userId) => client.createUserContext(userId).decide('split').variationKey);
}

describe('[LIFE-05] two copies in one process', () => {
  test('are two: neither has the functions and classes of the other', () => {
    expect(copy('ESM').createClient).not.toBe(copy('CommonJS').createClient);
    expect(copy('ESM').SdkError).not.toBe(copy('CommonJS').SdkError);
  });

  test.each([
    ['ESM', 'CommonJS'],
    ['CommonJS', 'ESM'],
  ])('take each other’s parts: a client of %s with config, profiles and events of %s', async (one, other) => {
    const { createClient, isSdkError, SdkError } = copy(one);
    const { createStaticConfig, createMemoryProfileStore, createBatchEvents } = copy(other);
    const collector = await startCollector();
    const client = createClient({
      config: createStaticConfig({ datafile: shopDatafile() }),
      profiles: createMemoryProfileStore(),
      events: createBatchEvents({ endpoint: collector.endpoint }),
      logger: false,
    });
    const decided = USERS.map((userId) => client.createUserContext(userId).decide('split').variationKey);
    expect(decided).toEqual(splitUsers(copy(other)));
    expect(new Set(decided)).toEqual(new Set(['left', 'right']));
    client.createUserContext('ada').trackEvent('purchase', { revenue: 1 });
    expect(await client.close()).toEqual({ delivered: 51, dropped: 0, pending: 0 });
    expect(collector.arrived()).toBe(51);
    expect(client.stats().problems).toEqual({});

    const thrown = errorOf(() => createStaticConfig({ datafile: 'nonsense' }));
    expect(thrown instanceof SdkError).toBe(false);
    expect(isSdkError(thrown) && thrown.code).toBe('invalid-datafile');
  });

  test.each([
    ['ESM', 'CommonJS'],
    ['CommonJS', 'ESM'],
  ])('take each other’s values: options, decisions and snapshots of %s in %s', (one, other) => {
    const { createClient, createStaticConfig, DecideOption, createSnapshot, decisionDetails } = copy(one);
    const config = createStaticConfig({ datafile: shopDatafile() });
    const theirs = copy(other).createClient({ config, events: null, logger: false });
    const decision = theirs.createUserContext('ada').decide('checkout', [DecideOption.INCLUDE_REASONS]);
    expect(decision.reasons.length).toBeGreaterThan(0);
    const hydrated = copy(other).createHydratedUser(createSnapshot([decision]));
    expect(hydrated.decide('checkout').variationKey).toBe('one_page');
    expect(decisionDetails(decision)).toMatchObject({ experimentId: expect.any(String), errorCode: null });
    const sent: string[] = [];
    const ours = createClient({ config, events: { record: ({ userId }) => void sent.push(userId) }, logger: false });
    const held = theirs.createUserContext('eve').decide('checkout', [DecideOption.DISABLE_DECISION_EVENT]);
    ours.createUserContext('ada').trackImpression(held);
    expect([sent, ours.stats().problems]).toEqual([['eve'], {}]);
    const again = { record: ({ userId }: { userId: string }) => void sent.push(`${userId} again`) };
    const second = copy(other).createClient({ config, events: again, logger: false });
    second.createUserContext('ada').trackImpression(held);
    expect([sent, second.stats().problems]).toEqual([['eve'], {}]);
  });
});

describe('[LIFE-05] a realm of its own, without any API of Node', () => {
  /** The language, and what every edge runtime has. */
  const WEB = {
    fetch,
    URL,
    Request,
    Response,
    Headers,
    AbortController,
    TextEncoder,
    TextDecoder,
    crypto,
    performance,
  };

  /** Hardened JavaScript freezes what the language brings; what a realm is given is of another. */
  const FREEZE = `
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      const value = globalThis[name];
      if (value instanceof Function) [value, Object(value.prototype)].forEach(Object.freeze);
    }`;

  async function startRealm(prepare = '') {
    const file = await bundle('realm.js', {
      format: 'iife',
      globalName: 'sdk',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['@sortition/source', 'worker'],
    });
    let timers = 0;
    const startTimer = (...args: Parameters<typeof setTimeout>) => {
      timers += 1;
      return setTimeout(...args);
    };
    const realm = createContext({ ...WEB, console, clearTimeout, setTimeout: startTimer });
    runInContext(prepare, realm);
    const before = Object.getOwnPropertyNames(realm);
    runInContext(readFileSync(file, 'utf8'), realm);
    const added = Object.getOwnPropertyNames(realm).filter((name) => !before.includes(name));
    return { realm, added, startedTimers: timers, sdk: runInContext('sdk', realm) as Sdk };
  }

  test('is loaded without leaving anything but its exports, and without starting anything', async () => {
    const { added, startedTimers } = await startRealm();
    expect(added).toEqual(['sdk']);
    expect(startedTimers).toBe(0);
  });

  test.each([
    ['', ''],
    [', and frozen', FREEZE],
  ])(
    'decides and delivers for the realm that calls it, whose objects and errors are of other classes%s',
    async (_, prepare) => {
      const { sdk, realm } = await startRealm(prepare);
      expect(runInContext('Object', realm)).not.toBe(Object);
      const collector = await startCollector();
      const client = sdk.createClient({
        config: sdk.createStaticConfig({ datafile: shopDatafile() }),
        events: sdk.createBatchEvents({ endpoint: collector.endpoint }),
        logger: false,
      });
      const user = client.createUserContext('ada', { plan: 'pro' });
      expect(user.decide('checkout').variationKey).toBe('one_page');
      expect(user.decide('banner').variationKey).toBe('on');
      expect(splitUsers(sdk)).toEqual(splitUsers(copy('ESM')));
      user.trackEvent('purchase', { list: ['a', { b: 1 }], revenue: 7 });
      expect(await client.close()).toEqual({ delivered: 3, dropped: 0, pending: 0 });
      expect(collector.arrived()).toBe(3);

      const thrown = errorOf(() => client.createUserContext(7 as never));
      expect(thrown instanceof Error).toBe(false);
      expect(copy('ESM').isSdkError(thrown)).toBe(true);
      expect(sdk.isSdkError(errorOf(() => copy('ESM').createStaticConfig({ datafile: '' })))).toBe(true);
    },
  );
});

/** Answers what each user gets, from a thread or a process, and then has nothing left to do. */
const ANSWER = `
  const { createBatchEvents, createClient, createStaticConfig } = sdk;
  const client = createClient({
    config: createStaticConfig({ datafile: ${JSON.stringify(shopDatafile())} }),
    events: createBatchEvents({ fetch: async () => new Response(null, { status: 204 }) }),
    logger: false,
  });
  const users = ${JSON.stringify(USERS)};
  answer(users.map((userId) => client.createUserContext(userId).decide('split').variationKey));
`;

test('[LIFE-05] threads decide alike at the same time, and each ends by itself', async () => {
  const program = `
    const { parentPort } = require('node:worker_threads');
    const sdk = require(${JSON.stringify(join(folder, 'sdk.cjs'))});
    const answer = (decided) => parentPort.postMessage(decided);
    ${ANSWER}`;
  const expected = splitUsers(copy('ESM'));
  const runs = Array.from({ length: 3 }, async () => {
    const worker = new Worker(program, { eval: true });
    onTestFinished(async () => void (await worker.terminate()));
    const answers: unknown[] = [];
    worker.on('message', (answer) => answers.push(answer));
    const code = await new Promise((resolve, reject) => {
      worker.once('exit', resolve);
      worker.once('error', reject);
    });
    expect([code, answers]).toEqual([0, [expected]]);
  });
  await Promise.all(runs);
});

test('[LIFE-05] the processes of a cluster decide alike, and each ends by itself', async () => {
  const child = await startChild({
    resolveDir: import.meta.dirname,
    code: `
      import cluster from 'node:cluster';
      import * as sdk from '../src/index.ts';
      if (cluster.isPrimary) {
        for (let id = 0; id < 2; id += 1) cluster.fork();
        cluster.on('exit', (worker, code) => console.log('exit', code));
      } else {
        const answer = (decided) => {
          console.log('answer', JSON.stringify(decided));
          cluster.worker.disconnect();
        };
        ${ANSWER}
      }
    `,
  });
  onTestFinished(() => child.signal('SIGKILL'));
  expect(await child.exited).toBe(0);
  const expected = `answer ${JSON.stringify(splitUsers(copy('ESM')))}`;
  expect([...child.lines].sort()).toEqual([expected, expected, 'exit 0', 'exit 0']);
});

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
