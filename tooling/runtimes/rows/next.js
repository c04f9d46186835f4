/**
 * Next.js: a server component, a route, the middleware and a client component each decide. Its data cache keeps answers of
 * `fetch` across restarts, so that a client that lets it would always decide by the first datafile.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { installNode } from './node.js';

const VERSIONS = {
  '14.2.35': { react: '18.3.1', node: '20.18.3', middleware: 'middleware' },
  '16.4.6': { react: '19.2.0', node: '22.23.5', middleware: 'proxy' },
};

/** @param {string} base */
const writeFlags = (base) => `
import { decideForPage } from '@sortition/react/server';
import { createBatchEvents, createClient, createPollingConfig } from 'sortition';
export const makeClient = (events = null) => createClient({
  config: createPollingConfig({ sdkKey: 'runtimes', urlTemplate: '${base}/datafiles/%s.json', updates: 'manual' }),
  events,
  logger: false,
});
export async function decide() {
  const client = makeClient();
  await client.ready({ timeoutMs: 10000 });
  const { variationKey } = client.createUserContext('katherine', { plan: 'gold', country: 'DE' }).decide('checkout');
  const { revision } = client.getProjectInfo();
  await client.close();
  return variationKey + ' of revision ' + revision;
}
// What a page for React is given: the decision, and whether its impression was sealed.
export async function decidePage() {
  const client = makeClient(createBatchEvents({ endpoint: '${base}/v1/events' }));
  await client.ready({ timeoutMs: 10000 });
  const impressions = { url: '/seen', key: 'a secret of the page and its route' };
  const user = { id: 'katherine', attributes: { plan: 'gold', country: 'DE' } };
  const page = await decideForPage(client, user, ['checkout'], { impressions });
  await client.close();
  return page.decisions[0]?.variationKey + ' with ' + Object.keys(page.impressions.tokens).length + ' impression';
}
`;

/** @param {string} base */
const writeFiles = (base) => ({
  'app/flags.js': writeFlags(base),
  'app/layout.js': `export default function Layout({ children }) { return <html><body>{children}</body></html>; }`,
  // A page that is made anew for each request, as one that reads cookies is.
  'app/page.js': `import { headers } from 'next/headers';
import { decide, decidePage } from './flags.js';
import { Island } from './island.js';
export default async function Page() {
  await headers();
  return <main><p>server: {await decide()}</p><p>page: {await decidePage()}</p><Island /></main>;
}`,
  'app/island.js': `'use client';
import { createClient, createStaticConfig } from 'sortition';
const client = createClient({ config: createStaticConfig({ datafile: { version: '4', revision: '5' } }), events: null, logger: false });
export function Island() { return <p>island: {client.getProjectInfo().revision}</p>; }`,
  'app/node-route/route.js': `import { decide, decidePage } from '../flags.js';
export const dynamic = 'force-dynamic';
export const GET = async () => new Response(await decide(), { headers: { 'x-page': await decidePage() } });`,
  'app/edge-route/route.js': `import { decide, decidePage } from '../flags.js';
export const runtime = 'edge';
export const dynamic = 'force-dynamic';
export const GET = async () => new Response(await decide(), { headers: { 'x-page': await decidePage() } });`,
  'next.config.mjs': `export default {};`,
});

/** @param {string} name of the function */
const writeMiddleware = (name) => `import { NextResponse } from 'next/server';
import { decide, decidePage } from './app/flags.js';
export async function ${name}() {
  const response = NextResponse.next();
  response.headers.set('x-decided', await decide());
  response.headers.set('x-page', await decidePage());
  return response;
}
export const config = { matcher: '/' };`;

/** @type {import('./index.js').Row[]} */
export const nextRows = Object.entries(VERSIONS).map(([version, { react, node, middleware }]) => ({
  name: `Next.js ${version}`,
  does: 'server component, Node and edge route, middleware, client component; a new datafile is decided by at once; pages for React',
  dependencies: { next: version, react, 'react-dom': react },
  run: async ({ environment, services, install }) => {
    for (const [file, text] of Object.entries(writeFiles(services.url))) environment.write(file, text);
    environment.write(`${middleware}.js`, writeMiddleware(middleware));
    services.publish('1');
    const nodeFolder = await installNode(node, install);
    const env = { NEXT_TELEMETRY_DISABLED: '1' };
    const next = 'node_modules/next/dist/bin/next';
    await environment.run('node', [next, 'build'], { nodeFolder, env });
    for (const start of [1, 2]) {
      const revisions = [`${start}1`, `${start}2`];
      await serve({ folder: environment.folder, nodeFolder, env, next }, async (url) => {
        for (const revision of revisions) {
          services.publish(revision);
          await checkPages(url, `one_page of revision ${revision}`);
        }
      });
    }
  },
}));

/**
 * @param {string} url
 * @param {string} wanted
 */
async function checkPages(url, wanted) {
  const page = await fetch(url);
  const html = (await page.text()).replaceAll('<!-- -->', '');
  const nodeRoute = await fetch(`${url}/node-route`);
  const edgeRoute = await fetch(`${url}/edge-route`);
  const decided = {
    'server component': /server: ([^<]*)</.exec(html)?.[1],
    middleware: page.headers.get('x-decided'),
    'Node route': await nodeRoute.text(),
    'edge route': await edgeRoute.text(),
  };
  const forPages = {
    'server component': /page: ([^<]*)</.exec(html)?.[1],
    middleware: page.headers.get('x-page'),
    'Node route': nodeRoute.headers.get('x-page'),
    'edge route': edgeRoute.headers.get('x-page'),
  };
  checkAnswers(decided, wanted);
  checkAnswers(forPages, 'one_page with 1 impression');
  if (!html.includes('island: 5')) throw new Error('the client component was not rendered');
}

/**
 * @param {Readonly<Record<string, string | null | undefined>>} answers by place
 * @param {string} wanted
 */
function checkAnswers(answers, wanted) {
  for (const [place, text] of Object.entries(answers)) {
    if (text !== wanted) throw new Error(`the ${place} answered ${String(text).slice(0, 300)}; expected ${wanted}`);
  }
}

/**
 * @param {{ folder: string, nodeFolder: string, env: Record<string, string>, next: string }} program
 * @param {(url: string) => Promise<void>} use
 */
async function serve({ folder, nodeFolder, env, next }, use) {
  const server = spawn(join(nodeFolder, 'node'), [next, 'start', '--port', '0', '--hostname', '127.0.0.1'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(server, 'close');
  let log = '';
  const url = new Promise((resolve, reject) => {
    const read = (/** @type {Buffer} */ chunk) => {
      log += chunk;
      const [, found] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(log) ?? [];
      if (found !== undefined && /Ready/.test(log)) resolve(found);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('close', () => reject(new Error(`next start ended:\n${log}`)));
    setTimeout(() => reject(new Error(`next start is not ready:\n${log}`)), 120_000).unref();
  });
  try {
    await use(await url);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${log.slice(-1_500)}`);
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
}
