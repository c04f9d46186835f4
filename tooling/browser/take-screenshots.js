/**
 * `pnpm screenshots`: pictures of every view for the READMEs, written to `docs/images`.
 *
 * They show what is there: the sample shop after visitors were simulated. The seed is fixed, so a new picture differs by what
 * the page changed and the time of day.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackages } from '@sortition/report/build-packages';
import { readOptions } from '@sortition/report/read-options';
import { startChromium } from './src/chromium.js';
import { startApp } from './src/running-app.js';

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url));
const SEED = 7;
const LEAST_HEIGHT = 760;
const MOST_HEIGHT = 1_200;

const USER = 'users?user=katherine&a.plan=gold&a.country=DE&flag=checkout';

/** @type {readonly { name: string, app?: 'Lab' | 'Storefront' | 'NextShop', path: string, colorScheme?: 'light' | 'dark', isPhone?: boolean }[]} */
const PICTURES = [
  { name: 'lab-flags', path: '#/flags/checkout' },
  { name: 'lab-audiences', path: '#/audiences' },
  { name: 'lab-users', path: `#/${USER}` },
  { name: 'lab-events', path: '#/events' },
  { name: 'lab-results', path: '#/results', colorScheme: 'dark' },
  { name: 'lab-faults', path: '#/faults' },
  { name: 'lab-phone', path: '#/flags/checkout', isPhone: true },
  { name: 'storefront', app: 'Storefront', path: '' },
  { name: 'storefront-dark', app: 'Storefront', path: '', colorScheme: 'dark' },
  { name: 'storefront-cart', app: 'Storefront', path: 'cart' },
  { name: 'storefront-split', app: 'Storefront', path: 'split' },
  { name: 'storefront-phone', app: 'Storefront', path: 'cart', isPhone: true },
  { name: 'next-shop', app: 'NextShop', path: 'cart' },
];

/** A customer with something in the cart. */
const COOKIES = { 'amp_lab-an': 'katherine..........', shop_cart: 'mug.1_teapot.1' };

const { positionals } = readOptions({
  usage: 'pnpm screenshots [picture ...]',
  text: `Takes the pictures of docs/images: ${PICTURES.map(({ name }) => name).join(', ')}; all unless some are named.`,
  needs: ['chromium'],
  positionals: PICTURES.map(({ name }) => name),
});
const pictures = PICTURES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (!(await buildPackages(['@sortition/lab', '@sortition/storefront', '@sortition/next-shop']))) process.exit(1);
const apps = await startApp('lab', ['Lab', 'Storefront', 'NextShop'], { RUN_WITH: 'next-shop', NEXT_SHOP_PORT: '0' });
try {
  await mkdir(FOLDER, { recursive: true });
  await simulateVisitors(apps.urls.Lab ?? '');
  await post(`${apps.urls.Lab}/__chaos`, { endpoint: 'events', faults: [{ kind: 'status', status: 503, rate: 0.25 }] });
  for (const picture of pictures) await take(picture);
} finally {
  await apps.stop();
}

/** @param {string} url */
async function simulateVisitors(url) {
  await post(`${url}/api/simulations`, { visitors: 10_000, seed: SEED });
  for (;;) {
    const { state } = await (await fetch(`${url}/api/simulations/current`)).json();
    if (state === 'failed') throw new Error('the simulation failed');
    if (state === 'finished') return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/**
 * @param {string} url
 * @param {object} body
 */
async function post(url, body) {
  const headers = { 'content-type': 'application/json' };
  const { ok, status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!ok) throw new Error(`${url} answered ${status}`);
}

/** @param {(typeof PICTURES)[number]} picture */
async function take({ name, app = 'Lab', path, colorScheme = 'light', isPhone = false }) {
  const width = isPhone ? 390 : 1_280;
  const browser = await startChromium({
    colorScheme,
    viewport: { width, height: isPhone ? 844 : LEAST_HEIGHT },
    ...(isPhone ? { isMobile: true, hasTouch: true } : {}),
  });
  try {
    const url = apps.urls[app] ?? '';
    if (app !== 'Lab') {
      await browser.context.addCookies(Object.entries(COOKIES).map(([name, value]) => ({ name, value, url })));
    }
    const page = await browser.context.newPage();
    await page.goto(`${url}/${path}`);
    if (app === 'NextShop') for (const summary of await page.locator('summary').all()) await summary.click();
    else await page.locator('.message[role=status]').waitFor({ state: 'detached' });
    if (!isPhone) {
      // As high as its content, so that nothing is cut off in the middle.
      const content = await page.evaluate(() => document.documentElement.scrollHeight);
      const height = Math.min(Math.max(content, LEAST_HEIGHT), MOST_HEIGHT);
      await page.setViewportSize({ width, height });
    }
    if (path === '#/results') await page.locator('.chart canvas').waitFor();
    await page.waitForTimeout(500);
    const file = join(FOLDER, `${name}.png`);
    await page.screenshot({ path: file });
    console.log(`${name}.png ${Math.round((await stat(file)).size / 1_024)} KiB`);
  } finally {
    await browser.close();
  }
}
