/** The vendor's React SDK 3, unmodified, in Chromium: once on the official SDK it depends on, once on the drop-in by alias. */
import { canStartBrowser } from '@sortition/rig';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePage } from '../src/bundle-page.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { openPage } from '../src/watched-page.js';

/** An application as the vendor's documentation shows them, without JSX. */
const APPLICATION = `
import { createInstance, OptimizelyExperiment, OptimizelyFeature, OptimizelyProvider, useDecision, useTrackEvent, setLogger } from '@optimizely/react-sdk';
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';
setLogger(null);
globalThis.sent = [];
const optimizely = createInstance({
  datafile: globalThis.datafile,
  eventBatchSize: 1,
  odpOptions: { disabled: true },
  eventDispatcher: { dispatchEvent(event, callback) { globalThis.sent.push(event); callback({ statusCode: 200 }); } },
});
globalThis.optimizely = optimizely;
function Shop() {
  const [decision, isReady] = useDecision('checkout', { autoUpdate: true });
  const [track] = useTrackEvent();
  return h('div', { id: 'shop' },
    h('p', { id: 'ready' }, String(isReady)),
    h('p', { id: 'decision' }, JSON.stringify({ ...decision, userContext: decision.userContext })),
    h(OptimizelyFeature, { feature: 'checkout' }, (isEnabled, variables) => h('p', { id: 'feature' }, isEnabled + ' ' + JSON.stringify(variables))),
    h(OptimizelyExperiment, { experiment: 'no_flag_test' }, (variation) => h('p', { id: 'experiment' }, String(variation))),
    h('button', { onClick: () => track('order', { revenue: 5 }) }, 'order'),
  );
}
globalThis.render = (user) => {
  globalThis.reactRoot ??= createRoot(document.getElementById('root'));
  globalThis.reactRoot.render(h(OptimizelyProvider, { optimizely, user, timeout: 3000 }, h(Shop)));
};
`;

/** @param alias What the React SDK imports in place of the official SDK; `undefined` for the official one. */
async function bundle(alias: string | undefined): Promise<string> {
  return bundlePage(APPLICATION, alias === undefined ? {} : { alias: { '@optimizely/optimizely-sdk': alias } });
}

/** A flag with an experiment for "pro" users and a delivery for everyone, and an experiment without a flag. */
const DATAFILE = {
  version: '4',
  accountId: '1',
  projectId: '2',
  revision: '7',
  attributes: [{ id: '71', key: 'plan' }],
  audiences: [],
  typedAudiences: [
    {
      id: '41',
      name: 'pro',
      conditions: ['and', { type: 'custom_attribute', name: 'plan', match: 'exact', value: 'pro' }],
    },
  ],
  events: [{ id: '91', key: 'order', experimentIds: [] }],
  groups: [],
  experiments: [
    rule('21', 'checkout_test', [variation('51', 'short', true, '2')], { audienceIds: ['41'] }),
    rule('22', 'no_flag_test', [variation('53', 'only', false)]),
  ],
  featureFlags: [
    {
      id: '11',
      key: 'checkout',
      rolloutId: '81',
      experimentIds: ['21'],
      variables: [{ id: '61', key: 'steps', type: 'integer', defaultValue: '3' }],
    },
  ],
  rollouts: [{ id: '81', experiments: [rule('23', 'everyone', [variation('54', 'on', true, '4')])] }],
};

function variation(id: string, key: string, featureEnabled: boolean, steps?: string): object {
  return { id, key, featureEnabled, variables: steps === undefined ? [] : [{ id: '61', value: steps }] };
}

function rule(id: string, key: string, variations: readonly object[], parts: object = {}): object {
  const [first] = variations as readonly [{ id: string }];
  const trafficAllocation = [{ entityId: first.id, endOfRange: 10_000 }];
  const own = { id, key, status: 'Running', layerId: `3${id}`, variations, trafficAllocation };
  return { ...own, forcedVariations: {}, audienceIds: [], ...parts };
}

interface Seen {
  readonly shown: Record<string, string | null>[];
  readonly sent: unknown[];
}

/** What a user of the application does, and what they see. */
async function walk(page: Page, code: string): Promise<Seen> {
  await page.setContent('<div id="root"></div>');
  await page.evaluate((datafile) => Object.assign(globalThis, { datafile }), DATAFILE as never);
  await page.addScriptTag({ content: code });
  const shown: Record<string, string | null>[] = [];
  const look = async (decision: RegExp): Promise<void> => {
    await expect.poll(() => page.textContent('#decision'), { timeout: 20_000 }).toMatch(decision);
    const ids = ['ready', 'decision', 'feature', 'experiment'];
    shown.push(Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await page.textContent(`#${id}`)]))));
  };
  const evaluate = (script: string): Promise<unknown> => page.evaluate(script);
  await evaluate(`render({ id: 'ada', attributes: { plan: 'free' } })`);
  await look(/"variationKey":"on"/);
  await evaluate(`render({ id: 'bea', attributes: { plan: 'pro' } })`);
  await look(/"variationKey":"short"/);
  await evaluate(`optimizely.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'on' })`);
  await look(/"ruleKey":null/);
  await evaluate(`optimizely.removeAllForcedDecisions()`);
  await look(/"variationKey":"short"/);
  await page.click('button');
  await expect.poll(() => evaluate(`sent.some(({ params }) => JSON.stringify(params).includes('revenue'))`)).toBe(true);
  const sent = (await evaluate(`JSON.stringify(sent)`)) as string;
  return { shown, sent: readEvents(sent) };
}

/** Each event by itself, without what no two have in common, in an order that does not depend on batches. */
function readEvents(sent: string): unknown[] {
  const drop = (key: string, value: unknown): unknown => (['uuid', 'timestamp'].includes(key) ? 'any' : value);
  const events = (JSON.parse(sent, drop) as { url: string; params: { visitors: unknown[] } }[]).flatMap(
    ({ url, params: { visitors, ...envelope } }) => visitors.map((visitor) => ({ url, envelope, visitor })),
  );
  return events.map((event) => JSON.stringify(event)).sort();
}

describe.skipIf(!canStartBrowser())("the vendor's React SDK", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium({ viewport: { width: 800, height: 600 } });
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('shows and sends on the drop-in what it shows and sends on the official SDK', async () => {
    const seen: Seen[] = [];
    for (const alias of [undefined, '@sortition/optimizely-compat/v5']) {
      const { page, complaints } = await openPage(browser.context);
      seen.push(await walk(page, await bundle(alias)));
      expect(complaints).toEqual([]);
      await page.close();
    }
    const [official, ours] = seen;
    expect(official?.shown).toHaveLength(4);
    expect(ours?.shown).toEqual(official?.shown);
    expect(ours?.sent.map(sorted)).toEqual(official?.sent.map(sorted));
  }, 120_000);
});

/** Fields in any order. */
function sorted(text: unknown): unknown {
  return JSON.parse(String(text));
}
