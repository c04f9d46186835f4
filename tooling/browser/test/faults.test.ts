/** Fault switches: what they break is broken for this page too, and the page says so and goes on. */
import { canStartBrowser } from '@sortition/rig';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

describe.skipIf(!canStartBrowser())('the fault switches', () => {
  let lab: RunningApp;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    lab = await startApp('lab', ['Lab']);
    browser = await startChromium({ viewport: { width: 1280, height: 900 } });
    ({ page } = await openPage(browser.context));
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  const card = (label: string) => page.getByRole('region', { name: label, exact: true });
  const faults = async () => (await fetch(`${lab.urls.Lab}/__chaos`)).json();

  it('set a fault with its figure and its rate, say how many there are, and take it back', async () => {
    await page.goto(`${lab.urls.Lab}/#/faults`);
    await card('Event collector').getByLabel('Fault', { exact: true }).selectOption('latency');
    await card('Event collector').getByText('Slow', { exact: true }).waitFor();
    await card('Event collector').getByLabel('Delay in milliseconds').fill('300');
    // What is typed stays while the page asks for the faults again.
    for (let refreshes = 0; refreshes < 2; refreshes += 1) {
      await page.waitForResponse((response) => response.url().endsWith('/__chaos'));
    }
    await card('Event collector').getByLabel('Delay in milliseconds').blur();
    await card('Event collector').getByRole('slider').focus();
    await page.keyboard.press('Home');
    await card('Event collector').getByText('5 %').waitFor();
    await expect.poll(faults).toEqual({ events: [{ kind: 'latency', ms: 300, rate: 0.05 }] });
    await page.getByRole('link', { name: '1 endpoint with faults' }).waitFor();
    await page.getByRole('button', { name: 'Switch all off' }).click();
    await card('Event collector').getByText('works', { exact: true }).waitFor();
    expect(await faults()).toEqual({});
  });

  it('stop announcements and datafiles, and the page shows that it is behind until they work again', async () => {
    await page.goto(`${lab.urls.Lab}/#/faults`);
    await card('Datafiles').getByLabel('Fault', { exact: true }).selectOption('status');
    await card('Datafiles').getByText('Error status', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Flags' }).click();
    await page.getByRole('button', { name: 'Reset to the original' }).click();
    await page.getByText(/^Still on/).waitFor();
    await page.getByRole('link', { name: 'Faults' }).click();
    await page.getByRole('button', { name: 'Switch all off' }).click();
    await page.getByText('live in this browser').waitFor();
  });
});
