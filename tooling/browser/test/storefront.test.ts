/** The lab and the shop beside it: what is moved in one is what the visitors of the other get. */
import { canStartBrowser } from '@sortition/rig';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findViolations } from '../src/accessibility.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

/** From the button that applies the split to the bar in the shop; the shop's page asks its server every 700 ms. */
const FOLLOW_MS = 2_000;

describe.skipIf(!canStartBrowser())('the storefront', () => {
  let apps: RunningApp;
  let browser: Browser;
  let lab: Page;
  let shop: Page;
  let complaints: string[];
  beforeAll(async () => {
    apps = await startApp('lab', ['Lab', 'Storefront']);
    browser = await startChromium({ viewport: { width: 1280, height: 900 } });
    ({ page: shop, complaints } = await openPage(browser.context));
    // The tab in front, because a browser draws the others once a second.
    ({ page: lab } = await openPage(browser.context));
  });
  afterAll(async () => {
    await browser?.close();
    await apps?.stop();
  });

  const bar = (variation: string) => shop.locator(`[data-variation="${variation}"] .share`);
  const shareOf = async (variation: string) => Number.parseFloat((await bar(variation).textContent()) ?? '');

  it('follows a slider of the lab within two seconds, without a restart of anything', async () => {
    await shop.goto(`${apps.urls.Storefront}/split?users=2000`);
    expect(await shareOf('classic')).toBeCloseTo(50, -1);
    await lab.goto(`${apps.urls.Lab}/#/flags/checkout`);
    const slider = lab.getByRole('slider', { name: 'Share of classic in checkout_redesign' });
    const took: number[] = [];
    // The middle one of three: one may meet a busy moment of the machine, or a poll by chance.
    for (const [key, share] of [
      ['Home', 0],
      ['End', 100],
      ['Home', 0],
    ] as const) {
      await slider.focus();
      await lab.keyboard.press(key);
      await lab.getByRole('button', { name: 'Apply the traffic of checkout_redesign' }).click();
      const start = performance.now();
      await expect.poll(() => shareOf('classic'), { timeout: 30_000, interval: 20 }).toBe(share);
      took.push(performance.now() - start);
    }
    const [, middle] = [...took].sort((a, b) => a - b);
    expect(middle, `ms until the shop followed: ${took.map(Math.round)}`).toBeLessThan(FOLLOW_MS);
    expect(complaints).toEqual([]);
  });

  it('sells, and the lab sees what was bought', async () => {
    await lab.goto(`${apps.urls.Lab}/#/events`);
    await shop.goto(`${apps.urls.Storefront}/`);
    await shop.bringToFront();
    await shop.locator('form[action="/cart/items"] button').first().click();
    await lab.getByRole('row', { name: /add_to_cart/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no serious accessibility problem in %s colours', async (colorScheme) => {
    for (const width of [1280, 390]) {
      await shop.setViewportSize({ width, height: 844 });
      await shop.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const path of ['/', '/cart', '/split?users=100']) {
        await shop.goto(`${apps.urls.Storefront}${path}`);
        expect(await findViolations(shop), `${path} at ${width}`).toEqual([]);
      }
    }
  });
});
