/**
 * Pages that were built ahead, with Vercel's Flags SDK on our OpenFeature provider, in the shop that `pnpm lab --with next-shop` starts.
 */
import { canStartBrowser } from '@sortition/rig';
import { createClient, createPollingConfig } from 'sortition';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startCommand } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

const FLAGS = ['free_shipping', 'recommendations'];
/** Those of the shop's visitors. */
const ATTRIBUTES = { plan: 'member', country: 'DE', app_version: '3.2.1' };

describe.skipIf(!canStartBrowser())('a page of the shop that was built ahead', () => {
  let apps: RunningApp;
  let browser: Browser;
  let base = '';
  let lab = '';
  beforeAll(async () => {
    apps = await startCommand('npx pnpm lab --with next-shop --built', ['Lab', 'Storefront', 'NextShop'], {
      NEXT_SHOP_PORT: '0',
    });
    base = apps.urls.NextShop ?? '';
    lab = apps.urls.Lab ?? '';
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await apps?.stop();
  });

  const cookieOf = (id: string) => `amp_lab-an=${id}..........`;
  /** `flag variation` of what a page shows. */
  const shownIn = (html: string) =>
    [...html.matchAll(/data-flag="(\w+)" data-variation="(\w*)"/g)].map(
      ([, flag, variation]) => `${flag} ${variation}`,
    );
  const visit = async (headers: Record<string, string>) => {
    const answer = await fetch(`${base}/offers`, { headers });
    return { status: answer.status, headers: answer.headers, shown: shownIn(await answer.text()).sort() };
  };
  /** What a client beside the shop decides by the datafile of the moment. */
  const decide = async (ids: readonly string[]) => {
    const urlTemplate = `${lab}/datafiles/%s.json`;
    const client = createClient({
      config: createPollingConfig({ sdkKey: 'lab', urlTemplate, updates: 'manual' }),
      events: null,
    });
    await client.ready();
    const decided = ids.map((id) => {
      const user = client.createUserContext(id, ATTRIBUTES);
      return FLAGS.map((flag) => `${flag} ${user.decide(flag).variationKey ?? ''}`);
    });
    await client.close();
    return decided;
  };
  const impressions = async (): Promise<string[]> => {
    const rows: { userId: string; flagKey: string; variationKey?: string }[] = await (
      await fetch(`${lab}/api/events?kind=impression&limit=1000`)
    ).json();
    return rows.map(({ userId, flagKey, variationKey = '' }) => `${userId} ${flagKey} ${variationKey}`).sort();
  };

  it('is the one of the decisions for the visitor, taken from what was built, and counted once', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `visitor-${index}`);
    const expected = await decide(ids);
    expect(new Set(expected.map(String)).size).toBeGreaterThan(2);
    for (const [index, id] of ids.entries()) {
      const { status, headers, shown } = await visit({ cookie: cookieOf(id) });
      expect([id, status, shown]).toEqual([id, 200, expected[index]]);
      expect(headers.get('x-nextjs-prerender')).toMatch(/^1/);
    }
    const seen = ids.flatMap((id, index) => expected[index]?.map((shown) => `${id} ${shown}`) ?? []);
    await expect.poll(impressions).toEqual(seen.sort());
  });

  it('is chosen for a new visitor by the id that their cookie has from then on', async () => {
    const first = await visit({});
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const [, id = ''] = /^amp_lab-an=([^.]+)/.exec(cookie) ?? [];
    expect([first.shown]).toEqual(await decide([id]));
    expect((await visit({ cookie })).shown).toEqual(first.shown);
  });

  it('is not there for a code that the proxy did not sign', async () => {
    const { headers } = await visit({ cookie: cookieOf('visitor-0') });
    const [path = ''] = /\/offers\/.+$/.exec(headers.get('x-middleware-rewrite') ?? '') ?? [];
    expect((await fetch(base + path)).status).toBe(200);
    const [, claims] = path.split('.');
    for (const forged of [path.slice(0, -3), path.replace(`.${claims}.`, '.AAA.'), '/offers/anything']) {
      expect([forged, (await fetch(base + forged)).status]).toEqual([forged, 404]);
    }
  });

  it('is another one after a change of the datafile, without a build, and shows no error in a browser', async () => {
    const { page, complaints } = await openPage(browser.context);
    await browser.context.addCookies([{ name: 'amp_lab-an', value: 'visitor-0..........', url: base }]);
    const order = async () => {
      await page.goto(`${base}/offers`);
      return page.locator('[data-flag="recommendations"]').getAttribute('data-variation');
    };
    expect(await order()).toBe('bestsellers');
    const { datafile } = await (await fetch(`${lab}/api/datafile`)).json();
    const variations = datafile.groups.flatMap(({ experiments }: { experiments: { id: string }[] }) => experiments);
    const [{ id }] = variations
      .filter((experiment: { id: string }) => experiment.id === '2003')
      .flatMap((experiment: { variations: { id: string; key: string }[] }) => experiment.variations)
      .filter(({ key }: { key: string }) => key === 'personal');
    const changed = await fetch(`${lab}/api/rules/2003`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': datafile.revision },
      body: JSON.stringify({ shares: { [id]: 100 }, allowMoves: true }),
    });
    expect(changed.status, await changed.text()).toBe(200);
    await expect.poll(order).toBe('personal');
    expect(complaints).toEqual([]);
  });

  it('is served until Ctrl-C, which ends the lab and both shops', async () => {
    const addresses = ['Lab', 'Storefront', 'NextShop'].map((name) => apps.urls[name] ?? '');
    await apps.stop();
    for (const address of addresses) await expect(fetch(address)).rejects.toThrow();
  });
});
