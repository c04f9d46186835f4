/** OpenFeature's own React SDK on our web provider, in Chromium: what is shown follows the context and the datafile. */
import { canStartBrowser } from '@sortition/rig';
import { createClient, createStaticConfig } from 'sortition';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePage } from '../src/bundle-page.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { openPage } from '../src/watched-page.js';

/** An application as the documentation of that SDK shows them, without JSX. */
const APPLICATION = `
import { OpenFeature, OpenFeatureProvider, useBooleanFlagValue, useContextMutator, useFlag, useStringFlagDetails, useSuspenseFlag, useTrack } from '@openfeature/react-sdk';
import { createWebProvider } from '@sortition/openfeature/web';
import { createElement as h, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient, createPollingConfig } from 'sortition';
globalThis.recorded = [];
globalThis.served = new Promise((resolve) => { globalThis.serve = resolve; });
const config = createPollingConfig({
  sdkKey: 'shop', urlTemplate: 'https://datafiles.test/%s.json', updates: 'manual',
  fetch: async () => new Response(await globalThis.served),
});
const client = createClient({ config, events: { record: ({ type, userId, variationKey, eventKey }) => globalThis.recorded.push([type, userId, variationKey ?? eventKey]) } });
globalThis.change = (datafile) => { globalThis.served = datafile; return config.refresh(); };
OpenFeature.setContext('shop', { targetingKey: 'ada', plan: 'free' });
OpenFeature.setProvider('shop', createWebProvider(client));
function Variation() {
  const { value, variant, reason } = useStringFlagDetails('checkout.$variation', 'none');
  return h('p', { id: 'variation' }, [value, variant, reason].join(' '));
}
function Other() {
  return h('p', { id: 'other' }, String(useBooleanFlagValue('banner', false)));
}
function Steps() {
  return h('p', { id: 'steps' }, String(useFlag('checkout.steps', 0).value));
}
function Waiting() {
  return h('p', { id: 'suspended' }, useSuspenseFlag('checkout.$variation', 'none').value);
}
function Buttons() {
  const { setContext } = useContextMutator();
  const { track } = useTrack();
  return h('div', null,
    h('button', { id: 'pro', onClick: () => setContext({ targetingKey: 'bea', plan: 'pro' }) }, 'pro'),
    h('button', { id: 'buy', onClick: () => track('order', { value: 5 }) }, 'buy'),
  );
}
createRoot(document.getElementById('root')).render(h(OpenFeatureProvider, { domain: 'shop' },
  h(Variation), h(Other), h(Steps), h(Buttons), h(Suspense, { fallback: h('p', { id: 'suspended' }, 'waiting') }, h(Waiting)),
));
`;

const rule = (id: string, variation: string, steps: string, audienceIds: readonly string[]) => ({
  id,
  key: id,
  status: 'Running',
  layerId: `layer of ${id}`,
  audienceIds,
  forcedVariations: {},
  variations: [
    { id: `${id} ${variation}`, key: variation, featureEnabled: true, variables: [{ id: '61', value: steps }] },
  ],
  trafficAllocation: [{ entityId: `${id} ${variation}`, endOfRange: 10_000 }],
});

/** "checkout" is an experiment for "pro" users and a delivery for everyone else; "banner" never changes. */
const datafile = (revision: string, everyone: string) => ({
  version: '4',
  accountId: '1',
  projectId: '2',
  revision,
  sendFlagDecisions: true,
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
  experiments: [rule('pros', 'short', '2', ['41'])],
  featureFlags: [
    {
      id: '11',
      key: 'checkout',
      rolloutId: '81',
      experimentIds: ['pros'],
      variables: [{ id: '61', key: 'steps', type: 'integer', defaultValue: '3' }],
    },
    { id: '12', key: 'banner', rolloutId: '82', experimentIds: [], variables: [] },
  ],
  rollouts: [
    { id: '81', experiments: [rule('everyone', everyone, '4', [])] },
    { id: '82', experiments: [rule('all', 'on', '0', [])] },
  ],
});

describe.skipIf(!canStartBrowser())("OpenFeature's React SDK on our web provider", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium({ viewport: { width: 800, height: 600 } });
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('shows what the client decides, and follows its context and the datafile', async () => {
    const script = await bundlePage(APPLICATION);
    const { page, complaints } = await openPage(browser.context);
    await page.setContent('<div id="root"></div>');
    await page.addScriptTag({ content: script });
    const texts = () =>
      page.evaluate(() => [...document.querySelectorAll('p')].map(({ id, textContent }) => `${id}: ${textContent}`));
    const evaluate = (script: string): Promise<unknown> => page.evaluate(script);
    const steps = (userId: string, plan: string, source: object) => {
      const client = createClient({ config: createStaticConfig({ datafile: source }), events: null });
      return client.createUserContext(userId, { plan }).decide('checkout').variables.steps;
    };

    // Before the datafile is there: default values, and the part that suspends waits.
    await expect.poll(texts).toContain('suspended: waiting');
    expect(await texts()).toContain('other: false');

    const [first, second] = [datafile('1', 'long'), datafile('2', 'longer')];
    await evaluate(`serve(${JSON.stringify(JSON.stringify(first))})`);
    await expect
      .poll(texts)
      .toEqual([
        'variation: long long STATIC',
        'other: true',
        `steps: ${steps('ada', 'free', first)}`,
        'suspended: long',
      ]);

    await page.click('#pro');
    await expect
      .poll(texts)
      .toEqual([
        'variation: short short SPLIT',
        'other: true',
        `steps: ${steps('bea', 'pro', first)}`,
        'suspended: short',
      ]);
    await page.click('#buy');
    await expect.poll(() => evaluate('recorded.at(-1)')).toEqual(['conversion', 'bea', 'order']);

    await evaluate(`change(${JSON.stringify(JSON.stringify(second))})`);
    expect((await texts())[0]).toBe('variation: short short SPLIT');
    await evaluate(
      `change(${JSON.stringify(JSON.stringify({ ...datafile('3', 'longer'), experiments: [rule('pros', 'shorter', '1', ['41'])] }))})`,
    );
    await expect.poll(texts).toContain('variation: shorter shorter SPLIT');
    expect(await texts()).toContain('steps: 1');
    expect(
      await evaluate(
        `recorded.some(([type, user, what]) => type === 'impression' && user === 'bea' && what === 'short')`,
      ),
    ).toBe(true);
    expect(complaints).toEqual([]);
  });
});
