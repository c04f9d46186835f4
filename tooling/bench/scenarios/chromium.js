/**
 * Run as a child: a page in Chromium with its processor slowed down four times. One operation is what a page does once: run
 * the bundle of the SDK, make a client from a datafile of 100 flags, and decide ten flags for a user. The steps follow as rows
 * of their own, relative to all of the official SDK's.
 *
 * Each contestant runs once in a page of its own, which has bundle and datafile as texts and reads the time around each step.
 * The page is isolated, so that its clock is fine enough. What protocol, page and clock add is what `empty page` costs: the same
 * steps of a bundle without an SDK. `floor` is what the datafile costs at least. Other programs on the machine count in that
 * time; the last rows are of the processor time that the page's thread needs for all of it in one more page, which is not slowed
 * down.
 *
 * What a client does when the page is idle, which is looking for problems of the datafile, waits until then. It has a row.
 */
import { PEERS } from '../peers/contestants.js';
import { createFlags, toDatafile } from '../server-project.js';
import { toShares } from '../turns.js';
import { bundle, launch, openEmptyPage, PAGES, PEER_PAGES, taskSeconds } from './page.js';

const { rounds } = /** @type {{ rounds: number }} */ (JSON.parse(process.argv[2] ?? '{}'));
const IDLE = 'sortition, problems looked for when the page is idle';
const STEPS = ['runs the bundle', 'makes the client', 'decides 10 flags'];

const flags = createFlags(100, 50);
const pages = { ...PAGES, ...PEER_PAGES };
const names = Object.keys(pages);
const scripts = await Promise.all(Object.values(pages).map((code) => bundle(code)));
const datafiles = names.map((name) => PEERS[name]?.toProject(flags) ?? toDatafile(flags));
const browser = await launch();
try {
  const rows = [...names, ...names.flatMap((name) => STEPS.map((step) => `${name}: ${step}`))];
  const times = rows.map(() => /** @type {number[]} */ ([]));
  const processor = [...names, IDLE].map(() => /** @type {number[]} */ ([]));
  const decided = new Set();
  const served = new Set();
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, script] of scripts.entries()) {
      const datafile = datafiles[index] ?? '';
      const { us, variations } = await open(script, datafile, 4);
      const { threadUs, idleUs } = await open(script, datafile, 1);
      // Hashes differ, so SDKs with a format of their own put the same users into an experiment, and serve them another variation.
      if (names[index] !== 'empty page') served.add(variations.map((variation) => variation !== 'off').join());
      if (names[index] !== 'empty page' && !(String(names[index]) in PEERS)) decided.add(variations.join());
      if (round < 0) continue;
      processor[index]?.push(threadUs);
      if (names[index] === 'sortition') processor.at(-1)?.push(idleUs);
      times[index]?.push(us.reduce((sum, step) => sum + step, 0));
      for (const [at, step] of us.entries()) times[names.length + index * STEPS.length + at]?.push(step);
    }
  }
  if (decided.size !== 1 || served.size !== 1) throw new Error('the contestants decide differently');
  const processorRows = [...names, IDLE].map((name) => `${name}: processor time, not slowed down`);
  console.log(JSON.stringify([...toShares(rows, times), ...toShares(processorRows, processor)]));
} finally {
  await browser.close();
}

/** @param {string} script @param {string} datafile @param {number} slowdown */
async function open(script, datafile, slowdown) {
  const { context, page, session } = await openEmptyPage(browser);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.evaluate(prepare, { script, datafile });
  const before = await taskSeconds(session);
  const result = await page.evaluate(runSteps);
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
async function runSteps() {
  /** @type {{ run(text: string): void, script: string, datafile: string }} */
  const { run, script, datafile } = /** @type {any} */ (globalThis);
  const times = [performance.now()];
  run(script);
  times.push(performance.now());
  const client = await Reflect.get(globalThis, 'create')(datafile);
  times.push(performance.now());
  const user = client.createUserContext('user-1', { country: 'de', plan: 'pro', age: 41 });
  const decisions = [];
  for (let index = 0; index < 10; index += 1) decisions.push(user.decide(`flag_${index}`));
  times.push(performance.now());
  const us = times.slice(1).map((time, at) => 1_000 * (time - Number(times[at])));
  return { us, variations: decisions.map((decision) => String(decision.variationKey ?? decision)) };
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
