/**
 * Run as a child: a page in Chromium with its processor slowed down four times. One operation is what a page does once:
 * run the bundle of the SDK, make a client from a datafile of 100 flags, and decide ten flags for a user. The steps follow as
 * rows of their own, relative to all of the official SDK's.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { createFlags, toDatafile } from '../server-project.js';
import { toShares } from '../turns.js';

const { rounds } = /** @type {{ rounds: number }} */ (JSON.parse(process.argv[2] ?? '{}'));
const PAGES = {
  official: `import { createInstance, createStaticProjectConfigManager } from '@optimizely/optimizely-sdk';
    globalThis.create = (datafile) => createInstance({ projectConfigManager: createStaticProjectConfigManager({ datafile }) });`,
  sortition: `import { createClient, createStaticConfig } from 'sortition';
    globalThis.create = (datafile) => createClient({ config: createStaticConfig({ datafile }), events: null });`,
};
const STEPS = {
  'runs the bundle': '',
  'makes the client': 'globalThis.client = create(globalThis.datafile); 0',
  'decides 10 flags': `globalThis.variations = [];
    globalThis.user = client.createUserContext('user-1', { country: 'de', plan: 'pro', age: 41 });
    for (let index = 0; index < 10; index += 1) variations.push(user.decide('flag_' + index).variationKey);`,
};

const datafile = toDatafile(createFlags(100, 50));
const names = Object.keys(PAGES);
const scripts = await Promise.all(Object.values(PAGES).map((code) => bundle(code)));
const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const steps = Object.keys(STEPS);
  const rows = [...names, ...names.flatMap((name) => steps.map((step) => `${name}: ${step}`))];
  const times = rows.map(() => /** @type {number[]} */ ([]));
  const decided = new Set();
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, script] of scripts.entries()) {
      const { us, variations } = await open([script, ...Object.values(STEPS).slice(1)]);
      decided.add(variations);
      if (round < 0) continue;
      times[index]?.push(us.reduce((sum, step) => sum + step, 0));
      for (const [at, step] of us.entries()) times[names.length + index * steps.length + at]?.push(step);
    }
  }
  if (decided.size !== 1) throw new Error('the contestants decide differently');
  console.log(JSON.stringify(toShares(rows, times)));
} finally {
  await browser.close();
}

/** @param {readonly string[]} scripts Run one after the other. */
async function open(scripts) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await page.evaluate((text) => {
    Object.assign(globalThis, { datafile: text });
  }, datafile);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  // Time of the page's thread, so that other programs on the machine do not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const us = [];
  for (const expression of scripts) {
    const before = await taskSeconds(session);
    await session.send('Runtime.evaluate', { expression });
    us.push(1e6 * ((await taskSeconds(session)) - before));
  }
  const variations = await page.evaluate(() => JSON.stringify(Reflect.get(globalThis, 'variations')));
  await context.close();
  return { us, variations };
}

/** @param {import('playwright-core').CDPSession} session */
async function taskSeconds(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

/** @param {string} code */
async function bundle(code) {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    logLevel: 'error',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}
