/**
 * `pnpm screenshots`: pictures of every view for the READMEs, written to `docs/images`.
 *
 * They show what is there: the sample shop after visitors were simulated. The seed is fixed, so a new picture differs by what
 * the page changed and the time of day.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChromium } from './src/chromium.js';
import { startApp } from './src/running-app.js';

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url));
const SEED = 7;
const LEAST_HEIGHT = 760;
const MOST_HEIGHT = 1_200;

const USER = 'users?user=katherine&a.plan=gold&a.country=DE&flag=checkout';

/** @type {readonly { name: string, app?: 'Storefront', path: string, colorScheme?: 'light' | 'dark', isPhone?: boolean }[]} */
const PICTURES = [
  { name: 'lab-flags', path: 'flags/checkout' },
  { name: 'lab-flags-dark', path: 'flags/checkout', colorScheme: 'dark' },
  { name: 'lab-audiences', path: 'audiences' },
  { name: 'lab-users', path: USER },
  { name: 'lab-events', path: 'events' },
  { name: 'lab-results', path: 'results' },
  { name: 'lab-results-dark', path: 'results', colorScheme: 'dark' },
  { name: 'lab-faults', path: 'faults' },
  { name: 'lab-phone', path: 'results', isPhone: true },
  { name: 'storefront', app: 'Storefront', path: '' },
  { name: 'storefront-dark', app: 'Storefront', path: '', colorScheme: 'dark' },
  { name: 'storefront-cart', app: 'Storefront', path: 'cart' },
  { name: 'storefront-split', app: 'Storefront', path: 'split' },
  { name: 'storefront-phone', app: 'Storefront', path: 'cart', isPhone: true },
];

/** A customer with something in the cart. */
const COOKIES = { 'amp_lab-an': 'katherine..........', shop_cart: 'mug.1_teapot.1' };

const lab = await startApp('lab', ['Lab', 'Storefront']);
try {
  await mkdir(FOLDER, { recursive: true });
  await simulateVisitors(lab.urls.Lab ?? '');
  for (const picture of PICTURES) await take(picture, lab.urls[picture.app ?? 'Lab'] ?? '');
} finally {
  await lab.stop();
}

/** @param {string} url */
async function simulateVisitors(url) {
  await fetch(`${url}/api/simulations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ visitors: 10_000, seed: SEED }),
  });
  for (;;) {
    const { state } = await (await fetch(`${url}/api/simulations/current`)).json();
    if (state === 'failed') throw new Error('the simulation failed');
    if (state === 'finished') return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/**
 * @param {(typeof PICTURES)[number]} picture
 * @param {string} url
 */
async function take({ name, app, path, colorScheme = 'light', isPhone = false }, url) {
  const width = isPhone ? 390 : 1_280;
  const browser = await startChromium({
    colorScheme,
    viewport: { width, height: isPhone ? 844 : LEAST_HEIGHT },
    ...(isPhone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
  });
  try {
    if (app === 'Storefront') {
      await browser.context.addCookies(Object.entries(COOKIES).map(([name, value]) => ({ name, value, url })));
    }
    const page = await browser.context.newPage();
    await page.goto(app === 'Storefront' ? `${url}/${path}` : `${url}/#/${path}`);
    await page.locator('.message[role=status]').waitFor({ state: 'detached' });
    await page.waitForLoadState('load');
    if (!isPhone) {
      // As high as its content, so that nothing is cut off in the middle.
      const content = await page.evaluate(() => document.documentElement.scrollHeight);
      const height = Math.min(Math.max(content, LEAST_HEIGHT), MOST_HEIGHT);
      await page.setViewportSize({ width, height });
    }
    if (path.startsWith('results')) await page.locator('.chart canvas').waitFor();
    await page.waitForTimeout(500);
    const file = join(FOLDER, `${name}.png`);
    await page.screenshot({ path: file });
    console.log(`${name}.png ${Math.round((await stat(file)).size / 1_024)} KiB`);
  } finally {
    await browser.close();
  }
}
