/** A lab that dies without a word: its page says so, and its storefront ends with it. */
import { canStartBrowser } from '@sortition/rig';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

describe.skipIf(!canStartBrowser())('a lab that is killed', () => {
  let lab: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    lab = await startApp('lab', ['Lab', 'Storefront']);
    browser = await startChromium({ viewport: { width: 1280, height: 900 } });
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  it('[LAB-03] shows no green dot any more, and leaves no storefront on its port', async () => {
    const { page } = await openPage(browser.context);
    await page.goto(`${lab.urls.Lab}/#/flags/checkout`);
    await page.getByText('live in this browser').waitFor();
    const shop = lab.urls.Storefront ?? '';
    expect((await fetch(shop)).status).toBe(200);
    process.kill(lab.pid, 'SIGKILL');
    await page.getByText('the lab does not answer').waitFor();
    expect(await page.locator('.sync-state .sync-dot').getAttribute('class')).toContain('dead');
    const isServing = () =>
      fetch(shop).then(
        () => true,
        () => false,
      );
    await expect.poll(isServing, { timeout: 30_000 }).toBe(false);
  });
});
