/**
 * `pnpm site:check`, after `pnpm site`: every document of the site fits a phone, axe has nothing serious to say, and the search
 * finds what only the text of a document says.
 */
import { once } from 'node:events';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOptions, refuse } from '@sortition/report/read-options';
import { findViolations } from './src/accessibility.js';
import { startChromium } from './src/chromium.js';

const SITE = fileURLToPath(new URL('../../site', import.meta.url));
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1_280, height: 900 };
/** A word that only the text of documents has, no heading and no name, and a document that has it. */
const SEARCHED = { words: 'Koopman', found: /The lab|stats/ };
/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

readOptions({
  usage: 'pnpm site:check',
  needs: ['chromium'],
  text: 'Opens every document that pnpm site has made in Chromium: its width on a phone, accessibility, search.',
});
if (!existsSync(join(SITE, 'index.html'))) refuse('There is no site; run "pnpm site" first.');
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://site');
  const file = join(SITE, normalize(decodeURIComponent(pathname)));
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
  createReadStream(file)
    .on('error', () => {
      response.statusCode = 404;
      response.end();
    })
    .pipe(response);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const pages = listPages();
/** @type {string[]} */
const problems = [];
const phone = await startChromium({ viewport: PHONE, isMobile: true, hasTouch: true });
const desk = await startChromium({ viewport: DESK });
try {
  await checkWidths(await phone.context.newPage());
  const page = await desk.context.newPage();
  await checkAccessibility(page);
  await checkSearch(page);
} finally {
  await Promise.all([phone.close(), desk.close()]);
  server.close();
  server.closeAllConnections();
}
for (const problem of problems) console.error(problem);
console.log(`${pages.length} pages: ${problems.length === 0 ? 'all well' : `${problems.length} problems`}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Every document, and one page of each kind of the API reference. */
function listPages() {
  const inFolder = (/** @type {string} */ folder) =>
    existsSync(join(SITE, folder)) ? readdirSync(join(SITE, folder)).map((name) => `${folder}/${name}`) : [];
  const kinds = ['modules', 'interfaces', 'functions', 'types'].map((folder) => inFolder(folder)[0]);
  if (kinds.includes(undefined)) problems.push('The site has no API reference.');
  return ['index.html', ...inFolder('documents'), ...kinds.filter((path) => path !== undefined)];
}

/** @param {string} path */
function addressOf(path) {
  return `http://127.0.0.1:${port}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** @param {import('playwright-core').Page} page */
async function checkWidths(page) {
  for (const path of pages) {
    await page.goto(addressOf(path));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > PHONE.width) problems.push(`${path} is ${width} px wide on a phone of ${PHONE.width} px.`);
  }
}

/** @param {import('playwright-core').Page} page */
async function checkAccessibility(page) {
  for (const path of [pages[0], pages[1], ...pages.slice(-4)]) {
    await page.goto(addressOf(path ?? ''));
    for (const violation of await findViolations(page)) problems.push(`${path}: ${violation.slice(0, 500)}`);
  }
}

/** @param {import('playwright-core').Page} page */
async function checkSearch(page) {
  await page.goto(addressOf('index.html'));
  await page.keyboard.press('/');
  await page.locator('#tsd-search-input').fill(SEARCHED.words);
  const result = page.locator('#tsd-search-results li').filter({ hasText: SEARCHED.found }).first();
  await result.waitFor({ timeout: 20_000 }).catch(() => {
    problems.push(`The search for "${SEARCHED.words}" does not find the document that says so.`);
  });
}
