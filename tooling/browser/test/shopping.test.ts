/** A customer in the storefront: what the page does by itself, what reaches the lab, and what fits on a phone. */
import { canStartBrowser } from '@sortition/rig';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findViolations } from '../src/accessibility.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

describe.skipIf(!canStartBrowser())('a customer', () => {
  let apps: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    apps = await startApp('lab', ['Lab', 'Storefront']);
    browser = await startChromium({ viewport: { width: 1280, height: 900 } });
  });
  afterAll(async () => {
    await browser?.close();
    await apps?.stop();
  });

  it('changes a quantity without asking the server, pays what the page said, and is counted by the lab', async () => {
    const { page, complaints } = await openPage(browser.context);
    await page.goto(`${apps.urls.Storefront}/`);
    await page.getByText('agrees with the server').waitFor();
    const visitor = await page.locator('.visitor code').textContent();
    await page.getByRole('button', { name: 'Add Harbour mug to cart' }).click();
    await page.getByText('agrees with the server').waitFor();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.getByRole('spinbutton', { name: 'Quantity of Harbour mug' }).fill('3');
    await page.locator('[data-total=productsCents]').getByText('€ 72.00').waitFor();
    expect(requests).toEqual([]);
    await page.locator('[data-total=totalCents]').getByText('+ shipping').waitFor();
    await page.getByRole('button', { name: 'Update the cart' }).click();
    await page.locator('.count').getByText('3').waitFor();
    const total = (await page.locator('[data-total=totalCents]').textContent())?.trim() ?? '';
    await page.locator('.summary button').first().click();
    await page.getByText(`You paid ${total}.`).waitFor();
    const bought = expect.objectContaining({
      userId: visitor,
      eventKey: 'purchase',
      revenue: Math.round(Number(total.replace(/[^\d.]/g, '')) * 100),
    });
    const events = async () => (await fetch(`${apps.urls.Lab}/api/events?limit=100`)).json();
    await expect.poll(events, { timeout: 30_000 }).toContainEqual(bought);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('is greeted when the lab gave them the segment of valued customers', async () => {
    const { page, complaints } = await openPage(browser.context);
    await fetch(`${apps.urls.Lab}/api/users/vera/segments`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ segments: ['vip'] }),
    });
    await page.goto(`${apps.urls.Storefront}/`);
    await page.getByLabel('Visitor id').fill('vera');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('status').getByText('delivery is on the house').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('reads every step of every explanation on a phone, and the page is no wider than it', async () => {
    const { page } = await openPage(browser.context);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${apps.urls.Storefront}/`);
    await page.getByRole('button', { name: 'Add Tide bowl to cart' }).click();
    await page.getByRole('heading', { name: 'Your cart' }).waitFor();
    for (const path of ['/', '/cart', '/split', '/thanks']) {
      await page.goto(apps.urls.Storefront + path);
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await findViolations(page), path).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(390);
    }
    await page.close();
  });
});
