/** What a real browser does with the events of a page that is left. */
import { fileURLToPath } from 'node:url';
import { overlay } from '@sortition/config/tsup/overlay';
import { canStartBrowser, openPage, startChaosProxy, startScriptServer } from '@sortition/rig';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCollector, until } from '../collector.ts';

/** What every bundle here is made with. */
const FOR_PAGES = {
  bundle: true,
  write: false,
  platform: 'browser',
  conditions: ['@sortition/source'],
} satisfies BuildOptions;

/** Builds `@sortition/http` as it is published for pages, in place of its sources, which are for every runtime. */
const httpForPages: Plugin = {
  name: 'http-for-pages',
  setup(pages) {
    pages.onResolve({ filter: /^@sortition\/http$/ }, ({ path }) => ({ path, namespace: 'for-pages' }));
    pages.onLoad({ filter: /.*/, namespace: 'for-pages' }, async () => {
      const entry = fileURLToPath(new URL('../../../http/src/index.ts', import.meta.url));
      const plugins = [overlay('browser')];
      const { outputFiles } = await build({ ...FOR_PAGES, entryPoints: [entry], format: 'esm', plugins });
      return { contents: outputFiles[0]?.text ?? '' };
    });
  },
};

/** Bundles what the pages use into a script that defines `sdk`. */
async function bundleForPages(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      contents: `
        export { createBatchEvents } from '../../src/index.ts';
        export { createStorageEventStore } from '../../src/browser/index.ts';
        export { createImpression } from '../recorded-events.ts';`,
      loader: 'ts',
    },
    ...FOR_PAGES,
    format: 'iife',
    globalName: 'sdk',
    plugins: [httpForPages],
  });
  return outputFiles[0]?.text ?? '';
}

/** Serves pages by path, each with a script; the first is opened. */
async function openPages(pages: Readonly<Record<string, string>>): Promise<{ readonly seen: string[] }> {
  const sdk = await bundleForPages();
  const seen: string[] = [];
  const server = await startScriptServer([
    ({ path }) => {
      seen.push(path);
      if (path === '/sdk.js') return { headers: { 'content-type': 'text/javascript' }, body: sdk };
      const script = pages[path];
      if (script === undefined) return { status: 404 };
      const body = `<!doctype html><title>A page</title><script src="/sdk.js"></script><script>${script}</script>`;
      return { headers: { 'content-type': 'text/html' }, body };
    },
  ]);
  onTestFinished(() => server.close());
  const browser = await openPage(`${server.url}${Object.keys(pages)[0]}`);
  onTestFinished(() => browser.close());
  return { seen };
}

/** A page that records events which nothing but its end sends, and goes on to the next page. */
function leavingPage(endpoint: string, count: number, store: string): string {
  return `
    const sink = sdk.createBatchEvents({ endpoint: '${endpoint}', flushIntervalMs: 600_000, batchSize: 1_000, ${store} });
    for (let i = 0; i < ${count}; i += 1) {
      sink.record(sdk.createImpression({ uuid: 'page-' + i, attributes: { plan: 'x'.repeat(500) } }));
    }
    setTimeout(() => location.assign('/next'), 200);`;
}

describe.skipIf(!canStartBrowser())('a page in Chromium that is left', () => {
  test('delivers what it has, once, though nothing else would have sent it for ten minutes', async () => {
    const collector = await startCollector();
    const { seen } = await openPages({ '/first': leavingPage(collector.endpoint, 30, ''), '/next': '' });
    await until(() => seen.includes('/next') && collector.store.events.size === 30);
    expect(collector.lab.events.counts).toEqual({ received: 30, unique: 30, duplicates: 0 });
  });

  test('delivers what was under way in requests that the browser ended', async () => {
    const collector = await startCollector();
    // So slow that not even the preflight is answered when the page is left.
    const proxy = await startChaosProxy({ port: collector.lab.port });
    onTestFinished(() => proxy.close());
    proxy.set({ upstream: { latencyMs: 500 } });
    const { seen } = await openPages({
      '/first': `
        const sink = sdk.createBatchEvents({ endpoint: '${proxy.url}/v1/events', batchSize: 1 });
        for (let i = 0; i < 2; i += 1) sink.record(sdk.createImpression({ uuid: 'page-' + i }));
        setTimeout(() => location.assign('/next'), 100);`,
      '/next': '',
    });
    await until(() => seen.includes('/next') && collector.store.events.size === 2);
    expect(collector.lab.events.counts).toEqual({ received: 2, unique: 2, duplicates: 0 });
  });

  test('leaves what the browser does not take to the next page', async () => {
    const collector = await startCollector();
    const store = 'store: sdk.createStorageEventStore({ leaseMs: 1_000 })';
    await openPages({
      '/first': leavingPage(collector.endpoint, 200, store),
      '/next': `
        setTimeout(() => {
          const sink = sdk.createBatchEvents({ endpoint: '${collector.endpoint}', ${store} });
          sink.attach({ problem: () => undefined, logEvent: () => undefined });
        }, 1_500);`,
    });
    await until(() => collector.store.events.size === 200);
    expect(collector.batchSizes().length).toBeGreaterThan(1);
    expect(collector.uuids().every((uuid) => /^page-\d+$/.test(uuid))).toBe(true);
  });
});
