/**
 * `pnpm compare:react`: one page on `@sortition/react` and on the vendor's React SDK, in Chromium, in one run: what each costs in
 * bytes, when the first decided content is painted, what React does, and how many impressions are sent.
 *
 * The page is two hundred components on one flag, on production builds. The datafile takes a while, as over a network. What is
 * decided on the server arrives as HTML and is hydrated.
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import {
  createInstance,
  OptimizelyProvider,
  setLogLevel,
  useDecision as useVendorDecision,
} from '@optimizely/react-sdk';
import { buildPackages } from '@sortition/report/build-packages';
import { readOptions } from '@sortition/report/read-options';
import { build } from 'esbuild';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { startChromium } from '../src/chromium.js';
import { createRows } from './rows.js';

readOptions({
  usage: 'pnpm compare:react',
  needs: ['chromium'],
  text: "Measures one page on @sortition/react and on the vendor's React SDK, in Chromium, in about a minute.",
});
if (!(await buildPackages(['@sortition/browser-tests^...']))) process.exit(1);
// They are built by now.
const { FlagsProvider, useDecision } = await import('@sortition/react');
const { decideForPage, formatSnapshot } = await import('@sortition/react/server');
const { createClient, createStaticConfig } = await import('sortition');

const ROUNDS = 5;
/** What the datafile takes, ms. */
const DATAFILE_MS = 150;
const SETTLE_MS = 1_500;
const CHANGE_MS = 3_000;
const NAMES = /** @type {const} */ (['ours', 'vendor']);

const variations = ['classic', 'one_page'];
/** @param {string} key @param {string} variationKey */
const experiment = (key, variationKey) => ({
  id: `rule of ${key}`,
  key: `rule of ${key}`,
  status: 'Running',
  layerId: `layer of ${key}`,
  audienceIds: [],
  forcedVariations: {},
  variations: variations.map((variation) => ({
    id: `${key} ${variation}`,
    key: variation,
    featureEnabled: true,
    variables: [],
  })),
  trafficAllocation: [{ entityId: `${key} ${variationKey}`, endOfRange: 10_000 }],
});
/** @param {string} revision @param {string} banner what the other flag serves */
const datafile = (revision, banner) => ({
  version: '4',
  revision,
  accountId: '1',
  projectId: '1',
  anonymizeIP: false,
  sendFlagDecisions: true,
  featureFlags: ['checkout', 'banner'].map((key) => ({
    id: key,
    key,
    rolloutId: '',
    experimentIds: [`rule of ${key}`],
    variables: [],
  })),
  experiments: [experiment('checkout', 'one_page'), experiment('banner', banner)],
  rollouts: [],
  groups: [],
  audiences: [],
  typedAudiences: [],
  attributes: [],
  events: [],
});
const first = datafile('1', 'classic');

setLogLevel('error');
const html = { ours: await renderOurs(), vendor: await renderVendor() };
const scripts = { ours: await bundle('ours', []), vendor: await bundle('vendor', []) };
const onTop = ['react', 'react-dom', 'react-dom/profiling', 'react/jsx-runtime'];

/** What the pages ask for and send now; the runs take turns. */
let current = { served: first, impressions: 0 };
const server = createServer(async (request, response) => {
  const path = request.url ?? '';
  if (path === '/datafile.json') {
    await new Promise((resolve) => setTimeout(resolve, DATAFILE_MS));
    response.setHeader('content-type', 'application/json').end(JSON.stringify(current.served));
  } else if (path === '/events') {
    let body = '';
    for await (const chunk of request) body += chunk;
    current.impressions += countImpressions(body);
    response.writeHead(204).end();
  } else if (path.endsWith('.js')) {
    response.setHeader('content-type', 'text/javascript').end(path === '/ours.js' ? scripts.ours : scripts.vendor);
  } else if (path.startsWith('/page/')) {
    const [, , name = '', mode] = path.split('/');
    const { root, flags } = mode === 'server' ? html[name === 'ours' ? 'ours' : 'vendor'] : { root: '', flags: '' };
    const data = flags && `<script type="application/json" id="flags">${flags}</script>`;
    response.setHeader('content-type', 'text/html');
    response.end(
      `<!doctype html><link rel="icon" href="data:,"><div id="root">${root}</div>${data}<script src="/${name}.js"></script>`,
    );
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const browser = await startChromium();

/** @type {Record<string, Record<string, string | number>>} */
const table = {};
for (const mode of ['browser', 'server']) {
  const rounds = { ours: /** @type {Visit[]} */ ([]), vendor: /** @type {Visit[]} */ ([]) };
  for (let round = 0; round < ROUNDS; round += 1) for (const name of NAMES) rounds[name].push(await visit(name, mode));
  const row = (/** @type {string} */ title, /** @type {(visit: Visit) => number} */ read) => {
    table[`${title}, decided ${mode === 'server' ? 'on the server' : 'in the browser'}`] = Object.fromEntries(
      NAMES.map((name) => [name, median(rounds[name].map(read))]),
    );
  };
  row('first decided paint, ms', ({ decidedMs }) => decidedMs);
  row('undecided content painted (0 or 1)', ({ undecided }) => undecided);
  row('commits until it is settled', ({ commits }) => commits);
  row('hydration errors', ({ complaints }) => complaints);
  row('impressions sent', ({ impressions }) => impressions);
  row('components rendered again by a change of another flag', ({ rendersAfter }) => rendersAfter);
}
for (const name of NAMES) {
  const text = await bundle(name, onTop);
  table['bytes on top of React, gzip'] = {
    ...table['bytes on top of React, gzip'],
    [name]: gzipSync(text, { level: 9 }).length,
  };
}
console.log('| measure | `@sortition/react` | `@optimizely/react-sdk` 3.4.0 |\n| --- | ---: | ---: |');
for (const [title, { ours, vendor }] of Object.entries(table)) {
  console.log(`| ${title} | ${ours?.toLocaleString('en')} | ${vendor?.toLocaleString('en')} |`);
}
await browser.close();
server.closeAllConnections();
server.close();
process.exit(0);

/**
 * @typedef {object} Visit
 * @property {number} decidedMs From the start of the navigation to the frame after the first decided content.
 * @property {number} undecided Whether a frame showed no decision, before the first one or after it; 0 or 1.
 * @property {number} commits
 * @property {number} complaints
 * @property {number} impressions
 * @property {number} rendersAfter Components that React rendered after another flag changed.
 */

/**
 * @param {'ours' | 'vendor'} name
 * @param {string} mode
 * @returns {Promise<Visit>}
 */
async function visit(name, mode) {
  const mine = { served: first, impressions: 0 };
  current = mine;
  const page = await browser.context.newPage();
  await page.route('**logx.optimizely.com**', (route) => {
    mine.impressions += countImpressions(route.request().postData() ?? '');
    return route.fulfill({ status: 204, headers: { 'access-control-allow-origin': '*' } });
  });
  await page.addInitScript(() => {
    const seen = { decidedMs: 0, undecided: 0 };
    Object.assign(globalThis, { seen });
    const look = () => {
      const shown = document.querySelector('i')?.textContent;
      // Counted once: a page that goes back to it has flickered as well.
      if (shown === '-') seen.undecided = 1;
      else if (shown) seen.decidedMs ||= performance.now();
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`http://127.0.0.1:${port}/page/${name}/${mode}`);
  await page.waitForTimeout(SETTLE_MS);
  const before = await page.evaluate(readPage);
  mine.served = datafile('2', 'one_page');
  await page.waitForTimeout(CHANGE_MS);
  const after = await page.evaluate(readPage);
  await page.close();
  return {
    ...before,
    complaints: before.complaints,
    impressions: mine.impressions,
    rendersAfter: after.renders - before.renders,
  };
}

/** Runs in the page. */
function readPage() {
  const { seen, counts } = /** @type {any} */ (globalThis);
  const { commits, renders, complaints } = counts;
  return { ...seen, commits, renders: renders.count, complaints: complaints.length };
}

async function renderOurs() {
  const client = createClient({ config: createStaticConfig({ datafile: first }), events: null });
  const snapshot = await decideForPage(client, { id: 'ada' });
  const rows = createRows(() => useDecision('checkout').decision.variationKey);
  return { root: renderToString(createElement(FlagsProvider, { snapshot }, rows)), flags: formatSnapshot(snapshot) };
}

async function renderVendor() {
  const eventDispatcher = { dispatchEvent: () => undefined };
  const optimizely = createInstance({ datafile: first, eventDispatcher, datafileOptions: { autoUpdate: false } });
  const rows = createRows(() => useVendorDecision('checkout')[0].variationKey);
  const props = { optimizely, user: { id: 'ada' }, isServerSide: true };
  const root = renderToString(createElement(OptimizelyProvider, props, rows));
  return { root, flags: '' };
}

/**
 * @param {string} name
 * @param {string[]} external
 */
async function bundle(name, external) {
  const { outputFiles } = await build({
    // The alias below is found from there.
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: [fileURLToPath(new URL(`${name}.js`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: external.length > 0 ? 'esm' : 'iife',
    platform: 'browser',
    target: 'es2022',
    // The build of React that counts commits.
    alias: { 'react-dom/client': 'react-dom/profiling' },
    define: { 'process.env.NODE_ENV': '"production"' },
    external,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

/** @param {string} body of a request with events */
function countImpressions(body) {
  return body.split('"campaign_activated"').length - 1;
}

/** @param {number[]} values */
function median(values) {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}
