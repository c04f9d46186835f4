/**
 * The application that the guide for Next.js describes, made of its snippets as they stand. What a snippet leaves to its reader is
 * added: which file it is in, the address of the datafile and of the events, and the imports between two files.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SHOP = join(ROOT, 'apps', 'next-shop');
/** Inside of the shop, whose packages it uses, and where nothing is committed. */
const GUIDE_APP = join(SHOP, 'dist', 'guide');
const FENCE = /^```tsx?[^\n]*\n(.*?)^```$/gms;
const BUILD_MS = 300_000;

/** The snippets in the order of the guide. */
const SNIPPETS = /** @type {const} */ ([
  'client.ts',
  'identify.ts',
  'page.tsx',
  'seen.ts',
  'browser-flags.tsx',
  'forced.ts',
  'flags.ts',
  'offers.tsx',
]);

/** What Next and a reader add to them. */
const FILES = {
  'next.config.js': `export default { turbopack: { root: ${JSON.stringify(ROOT)} }, typescript: { ignoreBuildErrors: true } };`,
  'app/layout.tsx': `export const metadata = { icons: { icon: 'data:,' } };
export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }`,
  'app/page.tsx': `export { Page as default } from '../guide/page.tsx';`,
  'app/browser/page.tsx': `import { headers } from 'next/headers';
import { BrowserFlags } from '../../guide/browser-flags.tsx';
import { Checkout } from '../../guide/checkout.tsx';
export default async function Page() {
  const id = (await headers()).get('x-visitor-id');
  return <BrowserFlags user={{ id, attributes: { plan: 'gold' } }}><Checkout /></BrowserFlags>;
}`,
  'app/api/seen/route.ts': `export { GET, POST } from '../../../guide/seen.ts';`,
  'app/api/decision/route.ts': `import { shopClient } from '../../../guide/client.ts';
export async function GET(request) {
  await shopClient().ready();
  const user = shopClient().createUserContext(request.headers.get('x-visitor-id'), { plan: 'gold' });
  const [checkout, order] = ['checkout', 'recommendations'].map((key) => user.decide(key, ['DISABLE_DECISION_EVENT']).variationKey);
  return Response.json({ isSame: shopClient() === shopClient(), checkout, order });
}`,
  'app/api/forced/route.ts': `import { forcedBy, sign } from '../../../guide/forced.ts';
export async function GET(request) {
  return Response.json({ forced: await forcedBy(request.headers), cookie: await sign(process.env.FORCE_KEY) });
}`,
  'app/offers/[code]/page.tsx': `export { generateStaticParams, Page as default } from '../../../guide/offers.tsx';`,
  'proxy.ts': `import { proxy as identify } from './guide/identify.ts';
import { proxy as choose } from './guide/offers.tsx';
export function proxy(request) {
  return request.nextUrl.pathname === '/offers' ? choose(request) : identify(request);
}
export const config = { matcher: ['/', '/browser', '/offers', '/api/decision'] };`,
  'main.js': `import { createServer } from 'node:http';
import next from 'next';
const server = createServer((request, response) => handle(request, response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
const app = next({ dev: false, dir: import.meta.dirname, hostname: '127.0.0.1', port });
await app.prepare();
const handle = app.getRequestHandler();
console.log('Guide: http://127.0.0.1:' + port);
process.once('SIGINT', () => process.exit(0));`,
  'package.json': '{ "type": "module" }',
};

/**
 * Writes the application and builds it for production.
 *
 * @param {string} lab address of the lab, which serves the datafile and counts
 * @param {NodeJS.ProcessEnv} env
 */
export function buildGuideApp(lab, env) {
  rmSync(GUIDE_APP, { recursive: true, force: true });
  const guide = readFileSync(join(ROOT, 'docs', 'guides', 'next.md'), 'utf8');
  const snippets = [...guide.matchAll(FENCE)].map(([, code = '']) => code);
  if (snippets.length !== SNIPPETS.length) {
    throw new Error(`The guide for Next.js has ${snippets.length} snippets; expected ${SNIPPETS.join(', ')}.`);
  }
  SNIPPETS.forEach((name, index) => {
    for (const [path, code] of Object.entries(place(name, snippets[index] ?? '', lab))) write(`guide/${path}`, code);
  });
  for (const [path, code] of Object.entries(FILES)) write(path, code);
  const next = createRequire(join(SHOP, 'package.json')).resolve('next/dist/bin/next');
  const { status, stdout, stderr } = spawnSync(process.execPath, [next, 'build'], {
    cwd: GUIDE_APP,
    encoding: 'utf8',
    timeout: BUILD_MS,
    env: { ...env, NODE_OPTIONS: '', NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (status !== 0) throw new Error(`The application of the guide for Next.js was not built:\n${stdout}\n${stderr}`);
}

/**
 * @param {typeof SNIPPETS[number]} name
 * @param {string} snippet
 * @param {string} lab
 * @returns {Record<string, string>} file to code
 */
function place(name, snippet, lab) {
  const code = snippet
    .replaceAll(
      "createPollingConfig({ sdkKey: 'my-sdk-key' })",
      `createPollingConfig({ sdkKey: 'lab', urlTemplate: '${lab}/datafiles/%s.json' })`,
    )
    .replaceAll('createBatchEvents()', `createBatchEvents({ endpoint: '${lab}/v1/events', flushIntervalMs: 200 })`);
  if (name === 'browser-flags.tsx') return { [name]: `'use client';\n${code}` };
  if (name === 'offers.tsx') {
    const own = code.replaceAll(/^declare const .*\n/gm, '');
    return { [name]: `import { order, STATIC_FLAGS } from './flags.ts';\n${own}` };
  }
  if (name !== 'page.tsx') return { [name]: code };
  // "A file of its own that starts with 'use client'."
  const [page = '', checkout = ''] = code.split(/^\/\/ A file of its own .*\n/m);
  return {
    'page.tsx': `import { Checkout } from './checkout.tsx';\n${page.replace('FlagsProvider, useDecision', 'FlagsProvider')}`,
    'checkout.tsx': `'use client';\nimport { useDecision } from '@sortition/react';\nexport ${checkout}`,
  };
}

/**
 * @param {string} path
 * @param {string} code
 */
function write(path, code) {
  const target = join(GUIDE_APP, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
}
