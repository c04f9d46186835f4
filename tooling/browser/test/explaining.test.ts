/** The user explorer: decisions made in the browser, and the bucket drawn where it lies. */

import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { canStartBrowser } from '@sortition/rig';
import type { Page } from 'playwright-core';
import { createClient, createStaticConfig, type Explanation } from 'sortition';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

describe.skipIf(!canStartBrowser())('a user in the explorer', () => {
  let lab: RunningApp;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    lab = await startApp('lab', ['Lab']);
    browser = await startChromium({ viewport: { width: 1280, height: 900 } });
    ({ page, complaints } = await openPage(browser.context));
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  const why = () => page.getByRole('region', { name: /^Why/ });
  const decision = (flagKey: string) => page.getByRole('button', { name: new RegExp(`^(on|off) ?${flagKey}`) });

  it('gets the decision and the bucket that the same client finds elsewhere', async () => {
    const datafile = createShopDatafile(lab.urls.Lab ?? '');
    const client = createClient({ config: createStaticConfig({ datafile }), events: null });
    await page.goto(`${lab.urls.Lab}/#/users`);
    await page.getByRole('textbox', { name: 'User id' }).fill('');
    for (const userId of ['ada', 'grace', 'Zoë 🚀']) {
      const expected = client.createUserContext(userId, { plan: 'member' }).explain('checkout');
      await page.getByRole('textbox', { name: 'User id' }).fill(userId);
      await page.getByLabel('plan', { exact: true }).fill('member');
      await decision('checkout').click();
      await decision('checkout')
        .getByText(expected.variationKey ?? 'no rule serves')
        .waitFor();
      const bucket = bucketIn(expected);
      await why()
        .getByText(`bucket ${bucket.toLocaleString('en-GB')}`)
        .last()
        .waitFor();
      expect(await markerPosition(page)).toBeCloseTo(bucket / 10_000, 2);
    }
    await client.close();
  });

  it('sees which condition was not met, and with what', async () => {
    await page.goto(`${lab.urls.Lab}/#/users?user=ada&a.plan=silver&flag=checkout`);
    await why().getByText('it is "silver"').first().waitFor();
    await page.getByLabel('plan', { exact: true }).fill('');
    await why().getByText('not known').first().waitFor();
    await why().getByText('unknown, which counts as no:').first().waitFor();
  });

  it('is in a segment as soon as the platform has it there, also after coming back', async () => {
    await page.goto(`${lab.urls.Lab}/#/users?user=ada&flag=vip_banner`);
    await page.getByRole('checkbox', { name: 'vip' }).check();
    await decision('vip_banner').getByText('by vip_banner_for_vips').waitFor();
    await page.reload();
    await decision('vip_banner').getByText('by vip_banner_for_vips').waitFor();
    expect(await page.getByRole('checkbox', { name: 'vip' }).isChecked()).toBe(true);
  });

  it('is text, whatever the id and the attributes are', async () => {
    const hostile = '<img src=x onerror="globalThis.broken=1">';
    await page.goto(`${lab.urls.Lab}/#/users`);
    await page.getByRole('textbox', { name: 'User id' }).fill(hostile);
    await page.getByLabel('plan', { exact: true }).fill(hostile);
    await decision('checkout').click();
    await why().getByText(hostile).first().waitFor();
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('is refused in words when the id is one that no client takes', async () => {
    await page.goto(`${lab.urls.Lab}/#/users?user=undefined`);
    await why().getByText('needs a user id').waitFor();
    await page.getByRole('textbox', { name: 'User id' }).fill('ada');
    await why().getByText('hashes to bucket').first().waitFor();
  });

  it('keeps address, form and decisions together', async () => {
    await page.goto(`${lab.urls.Lab}/#/users?user=grace&a.country=FR&a.cart_total=80&flag=free_shipping`);
    await decision('free_shipping').getByText('by big_carts_in_europe').waitFor();
    expect(await page.getByLabel('country', { exact: true }).inputValue()).toBe('FR');
    await page.getByLabel('cart_total', { exact: true }).fill('10');
    await decision('free_shipping').getByText('by free_shipping_everyone').waitFor();
    expect(page.url()).toContain('a.cart_total=10');
  });

  it('leaves the console of the browser empty', () => {
    expect(complaints).toEqual([]);
  });
});

/** The bucket on the line that was looked at last. */
function bucketIn({ steps }: Explanation): number {
  const buckets = steps.flatMap((step) => (step.code === 'bucket-assigned' ? [step.bucket] : []));
  const bucket = buckets.at(-1);
  if (bucket === undefined) throw new Error('The user was not bucketed.');
  return bucket;
}

/** Where the last marker stands on its line, 0 to 1. */
async function markerPosition(page: Page): Promise<number> {
  const marker = await page.locator('.traffic-marker').last().boundingBox();
  const track = await page
    .locator('.traffic-track', { has: page.locator('.traffic-marker') })
    .last()
    .boundingBox();
  if (marker === null || track === null) throw new Error('No marker is drawn.');
  return (marker.x + marker.width / 2 - track.x) / track.width;
}
