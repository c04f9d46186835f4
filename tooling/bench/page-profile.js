/**
 * Where the time of a page goes: for each step of the scenario in Chromium the processor time of the page's thread, how many
 * functions the engine compiles in it, collections of garbage, and what the step costs when everything was compiled with the
 * bundle. Medians of pages of their own, which are not slowed down; the cost of asking is subtracted.
 */
import { median } from './compare.js';
import { bundle, launch, openEmptyPage, PAGES, taskSeconds } from './scenarios/page.js';
import { createFlags, toDatafile } from './server-project.js';
import { startTable } from './table.js';

const STEPS = {
  'runs the bundle': 'run(script)',
  'makes the client': 'globalThis.client = create(datafile); 0',
  'decides the first flag':
    "globalThis.user = client.createUserContext('user-1', { country: 'de', plan: 'pro', age: 41 }); user.decide('flag_0'); 0",
  'decides nine more': "for (let index = 1; index < 10; index += 1) user.decide('flag_' + index); 0",
  'decides ten more': "for (let index = 10; index < 20; index += 1) user.decide('flag_' + index); 0",
  // What of making the client is not ours.
  'parses the datafile once more': 'JSON.parse(datafile); 0',
};
const CATEGORIES = ['disabled-by-default-v8.compile', 'v8', 'disabled-by-default-v8.gc', 'devtools.timeline'];
/** Tells the engine to compile every function of a script with it. */
const EAGER = '//# allFunctionsCalledOnLoad\n';

/** @param {number} rounds @param {boolean} [take] Whether the README gets the table. */
export async function profilePage(rounds, take) {
  const datafile = toDatafile(createFlags(100, 50));
  const browser = await launch();
  try {
    const table = startTable([
      'page',
      'step',
      'ms of the thread',
      'functions compiled',
      'collections',
      'ms when all was compiled before',
    ]);
    const idle = medians(await repeat(rounds, () => time(browser, '', datafile, { nothing: '0' })));
    for (const [name, code] of Object.entries(PAGES)) {
      if (name === 'empty page') continue;
      const script = await bundle(code);
      const lazy = medians(await repeat(rounds, () => time(browser, script, datafile, STEPS)));
      const eager = medians(await repeat(rounds, () => time(browser, EAGER + script, datafile, STEPS)));
      const traced = await trace(browser, script, datafile);
      for (const [index, step] of Object.keys(STEPS).entries()) {
        const { functions, collections } = traced[index] ?? { functions: 0, collections: 0 };
        const ms = (/** @type {number[]} */ times) => ((times[index] ?? Number.NaN) - (idle[0] ?? 0)).toFixed(2);
        table.add([name, step, ms(lazy), String(functions), String(collections), ms(eager)]);
      }
    }
    if (take) table.take({ isPart: false });
  } finally {
    await browser.close();
  }
}

/**
 * Returns the milliseconds of each step.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} script
 * @param {string} datafile
 * @param {Record<string, string>} steps
 */
async function time(browser, script, datafile, steps) {
  const { context, page, session } = await openEmptyPage(browser);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(prepare, { script, datafile });
  const times = [];
  for (const expression of Object.values(steps)) {
    const before = await taskSeconds(session);
    await session.send('Runtime.evaluate', { expression });
    times.push(1_000 * ((await taskSeconds(session)) - before));
  }
  await context.close();
  return times;
}

/**
 * Returns what the engine says of each step.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {string} script
 * @param {string} datafile
 */
async function trace(browser, script, datafile) {
  const { context, page, session } = await openEmptyPage(browser);
  await page.evaluate(prepare, { script, datafile });
  await browser.startTracing(page, { categories: CATEGORIES });
  for (const [index, expression] of Object.values(STEPS).entries())
    await session.send('Runtime.evaluate', { expression: `console.timeStamp('step ${index}'); ${expression}` });
  await session.send('Runtime.evaluate', { expression: "console.timeStamp('step end')" });
  /** @type {{ traceEvents: { name: string, ph: string, ts: number, pid: number, tid: number }[] }} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8'));
  await context.close();
  const marks = traceEvents.filter(({ name }) => name === 'TimeStamp').sort((a, b) => a.ts - b.ts);
  return Object.keys(STEPS).map((_, index) => {
    const [mark, next] = [marks[index], marks[index + 1]];
    const within = traceEvents.filter(
      ({ ph, ts, pid, tid }) =>
        ph === 'X' && pid === mark?.pid && tid === mark.tid && ts >= mark.ts && ts < Number(next?.ts),
    );
    const count = (/** @type {RegExp} */ wanted) => within.filter(({ name }) => wanted.test(name)).length;
    return { functions: count(/^V8\.CompileIgnition$/), collections: count(/^(Minor|Major)GC$/) };
  });
}

/**
 * Runs in the page.
 *
 * @param {{ script: string, datafile: string }} given
 */
function prepare(given) {
  const run = (/** @type {string} */ text) => {
    const element = document.createElement('script');
    element.textContent = text;
    document.head.append(element);
  };
  // What a client does when the page is idle is not part of a step.
  Object.assign(globalThis, given, { run, requestIdleCallback: () => 0 });
  run('0');
}

/** @template T @param {number} times @param {() => Promise<T>} work */
async function repeat(times, work) {
  const results = [];
  for (let index = 0; index < times; index += 1) results.push(await work());
  return results;
}

/** @param {readonly number[][]} rows @returns {number[]} Of each column. */
function medians(rows) {
  return (rows[0] ?? []).map((_, column) => median(rows.map((row) => row[column] ?? Number.NaN)));
}
