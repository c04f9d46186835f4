/** Every view, as a reader meets it first: in light and dark, on a desk and on a phone. */
import { canStartBrowser } from '@sortition/rig';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findViolations } from '../src/accessibility.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

const VIEWS = [
  { path: 'flags/checkout', heading: 'Flags', content: 'checkout_redesign' },
  { path: 'audiences', heading: 'Audiences', content: 'Members' },
  { path: 'users', heading: 'Users', content: 'Decisions' },
  { path: 'events', heading: 'Events', content: 'Nothing was collected yet' },
  { path: 'results', heading: 'Results', content: 'Nothing to check yet' },
  { path: 'project', heading: 'Project', content: 'Started with the sample shop' },
  { path: 'faults', heading: 'Faults', content: 'Event collector' },
];

const SCREENS = [
  { name: 'desktop', options: { viewport: { width: 1280, height: 900 } } },
  { name: 'phone', options: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } },
];

describe.skipIf(!canStartBrowser())('a view of the lab', () => {
  let lab: RunningApp;
  beforeAll(async () => {
    lab = await startApp('lab', ['Lab']);
  });
  afterAll(() => lab?.stop());

  for (const { name, options } of SCREENS) {
    for (const colorScheme of ['light', 'dark'] as const) {
      describe(`on a ${name} in ${colorScheme} colours`, () => {
        let browser: Browser;
        beforeAll(async () => {
          browser = await startChromium({ ...options, colorScheme });
        });
        afterAll(() => browser?.close());

        it.each(VIEWS)('$path shows its content without a complaint of the browser or of axe', async (view) => {
          const { page, complaints } = await openPage(browser.context);
          await page.goto(`${lab.urls.Lab}/#/${view.path}`);
          await page.getByRole('heading', { level: 1, name: view.heading }).waitFor();
          await page.getByText(view.content).first().waitFor();
          expect(await page.title()).toContain(view.heading);
          expect(await findViolations(page)).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(overflow, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
          expect(await layoutShift(page), 'share of the view that jumped while it loaded').toBeLessThan(0.1);
          expect(complaints).toEqual([]);
          await page.close();
        });
      });
    }
  }

  describe('for a reader without a mouse', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium();
    });
    afterAll(() => browser?.close());

    it('is reached by the keyboard alone, past the navigation if wanted', async () => {
      const { page } = await openPage(browser.context);
      await page.goto(`${lab.urls.Lab}/`);
      await page.getByRole('heading', { level: 1, name: 'Flags' }).waitFor();
      const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to content');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
      for (let stops = 0; (await focused()) !== 'Reset to the original'; stops += 1) {
        expect(stops, 'stops behind the skip link').toBeLessThan(2);
        await page.keyboard.press('Tab');
      }
      await page.getByRole('link', { name: 'Users' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
      await page.close();
    });

    it('shows where the focus is', async () => {
      const { page } = await openPage(browser.context);
      await page.goto(`${lab.urls.Lab}/#/users`);
      await page.getByRole('textbox', { name: 'User id' }).focus();
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
        return `${outlineStyle} ${outlineWidth}`;
      });
      expect(outline).toBe('solid 2px');
      await page.close();
    });
  });

  describe('with colours of the reader’s own choice', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium({ colorScheme: 'light' });
    });
    afterAll(() => browser?.close());

    it('is dark where the system says light, also after coming back', async () => {
      const { page } = await openPage(browser.context);
      const brightness = () =>
        page.evaluate(() => Number(getComputedStyle(document.documentElement).backgroundColor.match(/\d+/)?.[0]));
      await page.goto(`${lab.urls.Lab}/`);
      await page.getByRole('button', { name: 'Dark colours' }).waitFor();
      expect(await brightness()).toBeGreaterThan(200);
      await page.getByRole('button', { name: 'Dark colours' }).click();
      expect(await brightness()).toBeLessThan(50);
      await page.reload();
      await page.getByRole('button', { name: 'Dark colours', pressed: true }).waitFor();
      expect(await brightness()).toBeLessThan(50);
      await page.close();
    });
  });

  describe('that cannot load', () => {
    it('says so, and shows its content when it is asked again', async () => {
      const browser = await startChromium();
      const { page } = await openPage(browser.context);
      await page.route('**/api/datafile', (route) => route.fulfill({ status: 500, json: { error: 'Out of order.' } }));
      // Otherwise the client's own datafile would make the page ask again by itself.
      await page.route('**/datafiles/**', (route) => route.abort());
      await page.goto(`${lab.urls.Lab}/#/flags`);
      await page.getByRole('alert').getByText('Out of order.').waitFor();
      await page.unroute('**/api/datafile');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'checkout_redesign' }).waitFor();
      await browser.close();
    });
  });
});

/** How much moved without being asked to since the page began, as browsers measure it; up to 0.1 counts as good. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => {
          const shifts = list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[];
          resolve(shifts.reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0));
        }).observe({ type: 'layout-shift', buffered: true });
        // Without a single shift there is no entry to wait for.
        setTimeout(() => resolve(0), 300);
      }),
  );
}
