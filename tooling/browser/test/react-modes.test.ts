/**
 * Our React bindings in strict mode and under concurrent rendering, in Chromium: there, unlike in jsdom, React lets the browser in
 * between two parts of one render.
 */
import { canStartBrowser } from '@sortition/rig';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundlePage } from '../src/bundle-page.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { openPage } from '../src/watched-page.js';

const COMPONENTS = 1_000;
const ROWS = 300;

const APPLICATION = `
import { FlagsProvider, useDecision } from '@sortition/react';
import { createTestClient } from '@sortition/testing';
import { createElement as h, memo, startTransition, StrictMode, Suspense, useEffect, useState } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { createSnapshot } from 'sortition';

const client = createTestClient({ flags: { checkout: { variationKey: 'classic' }, banner: { variationKey: 'on' } } });
const snapshot = createSnapshot(client.createUserContext('ada').decideAll(['DISABLE_DECISION_EVENT']));
const root = document.getElementById('root');
const page = Object.assign(globalThis, { client, renders: 0, errors: [] });
page.setFlag = (key, variationKey) => client.setFlag(key, { variationKey });
page.impressions = () => client.recorded.impressions.map(({ flagKey, variationKey }) => flagKey + ' ' + variationKey);
page.reset = () => { page.renders = 0; client.recorded.clear(); };

const Checkout = memo(() => {
  page.renders += 1;
  return h('i', null, useDecision('checkout').decision.variationKey);
});
const Waiting = () => h('b', null, useDecision('checkout', { suspend: true }).status);
const many = Array.from({ length: ${COMPONENTS} }, (_, index) => h(Checkout, { key: index }));
const provider = (given, ...children) => h(FlagsProvider, { client, user: { id: 'ada' }, ...given }, ...children);

page.showMany = (isStrict) => {
  const app = provider({}, ...many, h(Suspense, { fallback: 'waiting' }, h(Waiting)));
  page.root = createRoot(root);
  page.root.render(isStrict ? h(StrictMode, null, app) : app);
};
page.hydrate = () => {
  root.innerHTML = '<i>classic</i>';
  page.element = root.firstChild;
  const app = h(StrictMode, null, provider({ snapshot }, h(Checkout)));
  hydrateRoot(root, app, { onRecoverableError: (error) => page.errors.push(String(error)) });
};

/** A row that takes its time, so that a render of all of them is cut into parts. */
const Row = memo(() => {
  page.renders += 1;
  const end = performance.now() + 1;
  while (performance.now() < end);
  return h('i', null, useDecision('checkout').decision.variationKey);
});
const rows = Array.from({ length: ${ROWS} }, (_, index) => h(Row, { key: index }));
page.showRows = () => new Promise((resolve) => {
  const App = () => {
    const [isShown, setShown] = useState(false);
    useEffect(() => {
      startTransition(() => setShown(true));
      resolve();
    }, []);
    return provider({}, h('p', null, 'rows'), ...(isShown ? rows : []));
  };
  page.commits = [];
  new MutationObserver(() => {
    page.commits.push([...new Set([...root.querySelectorAll('i')].map((element) => element.textContent))].join('+'));
  }).observe(root, { subtree: true, childList: true, characterData: true });
  createRoot(root).render(h(App));
});
/** Changes the flag when a part of the rows was rendered and nothing of them is on the screen. */
page.changeInTheMiddle = () => new Promise((resolve) => {
  const look = () => {
    if (page.renders > 10 && page.renders < ${ROWS}) {
      page.middle = [page.renders, root.querySelectorAll('i').length];
      page.setFlag('checkout', 'one_page');
      resolve();
    } else setTimeout(look);
  };
  setTimeout(look);
});
`;

describe.skipIf(!canStartBrowser())('the React bindings in a browser', () => {
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  const bundles = new Map<string, string>();
  beforeAll(async () => {
    for (const mode of ['production', 'development'] as const)
      bundles.set(mode, await bundlePage(APPLICATION, { mode, conditions: ['@sortition/source', 'module'] }));
    browser = await startChromium({ viewport: { width: 800, height: 600 } });
  });
  afterAll(async () => {
    await browser?.close();
  });
  const open = async (mode: 'production' | 'development') => {
    ({ page, complaints } = await openPage(browser.context));
    await page.setContent('<div id="root"></div>');
    await page.addScriptTag({ content: bundles.get(mode) ?? '' });
  };
  afterEach(() => page.close());

  const run = (script: string): Promise<unknown> => page.evaluate(script);
  const texts = () => run(`[...new Set([...document.querySelectorAll('#root i')].map((i) => i.textContent))].join()`);
  /** React has done what it was going to do. */
  const settled = () =>
    run('new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(() => resolve())))');

  it('leaves 1,000 components of one flag alone when another changes, and renders each once when theirs does', async () => {
    await open('production');
    await run('showMany(false)');
    await expect.poll(texts).toBe('classic');
    await settled();
    expect(await run('[renders, ...impressions()]')).toEqual([COMPONENTS, 'checkout classic']);
    await run('reset(); setFlag("banner", "off")');
    await settled();
    expect(await run('renders')).toBe(0);
    await run('setFlag("checkout", "one_page")');
    await expect.poll(texts).toBe('one_page');
    await settled();
    expect(await run('[renders, ...impressions()]')).toEqual([COMPONENTS, 'checkout one_page']);
    expect(complaints).toEqual([]);
  });

  it('counts once in strict mode, where React runs everything twice, and lets go of the client at the end', async () => {
    await open('development');
    await run('showMany(true)');
    await expect.poll(texts).toBe('classic');
    await settled();
    expect(await run('renders')).toBe(2 * COMPONENTS);
    expect(await run('impressions()')).toEqual(['checkout classic']);
    await run('setFlag("checkout", "one_page")');
    await expect.poll(texts).toBe('one_page');
    await expect.poll(() => run('impressions()')).toEqual(['checkout classic', 'checkout one_page']);
    await run('globalThis.root.unmount(), reset(), setFlag("checkout", "classic")');
    await settled();
    expect(await run('[renders, client.recorded.decisions.length]')).toEqual([0, 0]);
    expect(complaints).toEqual([]);
  });

  it('hydrates in strict mode with the element of the server, and counts once', async () => {
    await open('development');
    await run('hydrate()');
    await expect.poll(() => run('impressions()')).toEqual(['checkout classic']);
    await settled();
    expect(await run('[element === document.querySelector("#root i"), impressions(), errors]')).toEqual([
      true,
      ['checkout classic'],
      [],
    ]);
    expect(complaints).toEqual([]);
  });

  it('shows no two decisions of one flag when it changes between two parts of a concurrent render', async () => {
    await open('production');
    await run('showRows().then(changeInTheMiddle)');
    await expect.poll(texts).toBe('one_page');
    await settled();
    const [rendered, shown] = (await run('middle')) as [number, number];
    // It was in the middle: some rows were rendered with the old decision, and none were on the screen.
    expect(rendered).toBeGreaterThan(10);
    expect(shown).toBe(0);
    const commits = (await run('commits')) as string[];
    expect(commits.filter((commit) => commit.includes('+'))).toEqual([]);
    expect(commits.at(-1)).toBe('one_page');
    expect(await run('impressions()')).toEqual(['checkout one_page']);
    expect(complaints).toEqual([]);
  });
});
