/**
 * Run as a child: a page in Chromium. One operation is what a page does once: run the bundle of the SDK, make a client from a
 * datafile of 100 flags, and decide ten flags for a user.
 *
 * Each contestant runs once in a page of its own, which has bundle and datafile as texts. With the processor slowed down, the page
 * reads the clock before and after, and other programs on the machine count; it is isolated, so that its clock is fine enough.
 * Without, it is the processor time of the page's thread that counts. What protocol, page and clock add is what `empty page`
 * costs: the same of a bundle without an SDK. `floor` is what the datafile costs at least.
 *
 * What a client does when the page is idle, which is looking for problems of the datafile, waits until then. It has a row by
 * processor time.
 */
import { PEERS } from '../peers/contestants.js';
import { createFlags, toDatafile } from '../server-project.js';
import { toShares } from '../turns.js';
import { bundle, launch, openEmptyPage, PAGES, PEER_PAGES, taskSeconds } from './page.js';

const { rounds, slowdown } = /** @type {{ rounds: number, slowdown: number }} */ (JSON.parse(process.argv[2] ?? '{}'));
const IDLE = 'sortition, problems looked for when the page is idle';

const flags = createFlags(100, 50);
const pages = { ...PAGES, ...PEER_PAGES };
const names = Object.keys(pages);
const scripts = await Promise.all(Object.values(pages).map((code) => bundle(code)));
const datafiles = names.map((name) => PEERS[name]?.toProject(flags) ?? toDatafile(flags));
const browser = await launch();
try {
  const rows = slowdown > 1 ? names : [...names, IDLE];
  const times = rows.map(() => /** @type {number[]} */ ([]));
  const decided = new Set();
  const served = new Set();
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, script] of scripts.entries()) {
      const { clockUs, threadUs, idleUs, variations } = await open(script, datafiles[index] ?? '');
      // Hashes differ, so SDKs with a format of their own put the same users into an experiment, and serve them another variation.
      if (names[index] !== 'empty page') served.add(variations.map((variation) => variation !== 'off').join());
      if (names[index] !== 'empty page' && !(String(names[index]) in PEERS)) decided.add(variations.join());
      if (round < 0) continue;
      times[index]?.push(slowdown > 1 ? clockUs : threadUs);
      if (names[index] === 'sortition') times[names.length]?.push(idleUs);
    }
  }
  if (decided.size !== 1 || served.size !== 1) throw new Error('the contestants decide differently');
  console.log(JSON.stringify(toShares(rows, times)));
} finally {
  await browser.close();
}

/** @param {string} script @param {string} datafile */
async function open(script, datafile) {
  const { context, page, session } = await openEmptyPage(browser);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.evaluate(prepare, { script, datafile });
  const before = await taskSeconds(session);
  const result = await page.evaluate(runPage);
  const after = await taskSeconds(session);
  await page.evaluate(runIdleCallbacks);
  const idleUs = 1e6 * ((await taskSeconds(session)) - after);
  await context.close();
  return { ...result, threadUs: 1e6 * (after - before), idleUs };
}

/**
 * Runs in the page.
 *
 * @param {{ script: string, datafile: string }} given
 */
function prepare(given) {
  if (!globalThis.crossOriginIsolated) throw new Error('the clock of the page is too coarse');
  /** @type {(() => void)[]} */
  const waiting = [];
  const run = (/** @type {string} */ text) => {
    const element = document.createElement('script');
    element.textContent = text;
    document.head.append(element);
  };
  Object.assign(globalThis, given, {
    run,
    waiting,
    requestIdleCallback: (/** @type {() => void} */ run) => waiting.push(run),
  });
  // What the first script of a page costs is not the SDK's.
  run('0');
}

/** Runs in the page. */
async function runPage() {
  /** @type {{ run(text: string): void, script: string, datafile: string }} */
  const { run, script, datafile } = /** @type {any} */ (globalThis);
  const begun = performance.now();
  run(script);
  const client = await Reflect.get(globalThis, 'create')(datafile);
  const user = client.createUserContext('user-1', { country: 'de', plan: 'pro', age: 41 });
  const decisions = [];
  for (let index = 0; index < 10; index += 1) decisions.push(user.decide(`flag_${index}`));
  const clockUs = 1_000 * (performance.now() - begun);
  return { clockUs, variations: decisions.map((decision) => String(decision.variationKey ?? decision)) };
}

/** Runs in the page. */
async function runIdleCallbacks() {
  /** @type {(() => void)[]} */
  const waiting = Reflect.get(globalThis, 'waiting');
  for (let run = waiting.shift(); run; run = waiting.shift()) {
    run();
    await new Promise((resolve) => setTimeout(resolve));
  }
}
