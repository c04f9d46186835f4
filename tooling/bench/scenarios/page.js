/** Pages in Chromium: what is bundled for them, and how they are opened. */
import { fileURLToPath } from 'node:url';
import { requireProgram } from '@sortition/report/programs';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

/** Each leaves a function that makes a client of a datafile. */
export const PAGES = {
  official: `import { createInstance, createStaticProjectConfigManager } from '@optimizely/optimizely-sdk';
    globalThis.create = (datafile) => createInstance({ projectConfigManager: createStaticProjectConfigManager({ datafile }) });`,
  sortition: `import { createClient, createStaticConfig } from 'sortition';
    globalThis.create = (datafile) => createClient({ config: createStaticConfig({ datafile }), events: null });`,
  '@sortition/client': `import { createClient } from '@sortition/client';
    import { createStaticConfig, readWhenNeeded } from '@sortition/datafile';
    globalThis.create = (datafile) => createClient({ config: createStaticConfig({ datafile, reading: readWhenNeeded }) });`,
  floor: `import { createPageFloor } from './peers/page-floor.js';
    globalThis.create = createPageFloor;`,
  'empty page':
    'globalThis.create = () => ({ createUserContext: () => ({ decide: () => ({ variationKey: null }) }) });',
};

/** @param {string} peer A module of `peers/`. @param {string} name What it exports. @param {string} sdk @param {string} used What it uses of the SDK. */
const peerPage = (
  peer,
  name,
  sdk,
  used,
) => `import { ${used} } from '${sdk}'; import { ${name} } from './peers/${peer}.js';
  globalThis.create = async (project) => {
    const createContext = await ${name}.create({ ${used} }, project);
    return { createUserContext: (userId, attributes) => createContext({ userId, attributes }) };
  };`;

/** SDKs with a format of their own, by the names that contestants have. Unleash evaluates in servers only. */
export const PEER_PAGES = {
  GrowthBook: peerPage('growthbook', 'growthBook', '@growthbook/growthbook', 'GrowthBook'),
  'flagd-core': peerPage('flagd', 'flagd', '@openfeature/flagd-core', 'FlagdCore'),
  ConfigCat: peerPage(
    'configcat',
    'configCat',
    'configcat-js',
    'createConsoleLogger, getClient, LogLevel, PollingMode',
  ),
};
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** The Chromium of the machine. */
export function launch() {
  return chromium.launch({ executablePath: requireProgram('chromium'), args: ['--no-sandbox', '--disable-gpu'] });
}

/** @param {import('playwright-core').Browser} browser */
export async function openEmptyPage(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/*', (route) =>
    route.fulfill({ contentType: 'text/html', headers: ISOLATED, body: '<!doctype html><title>page</title>' }),
  );
  await page.goto('http://localhost/');
  return { context, page, session: await context.newCDPSession(page) };
}

/** Processor time of the page's thread so far. @param {import('playwright-core').CDPSession} session */
export async function taskSeconds(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

/** @param {string} code */
export async function bundle(code) {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    // GrowthBook's assignments may be in Redis, in servers.
    external: ['ioredis'],
    logLevel: 'error',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}
