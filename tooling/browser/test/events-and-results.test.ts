/** Events as they are collected, and what comes of ten thousand visitors. */
import { canStartBrowser } from '@sortition/rig';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findViolations } from '../src/accessibility.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

interface ResultsAnswer {
  readonly variations: readonly { readonly variationKey: string; readonly visitors: number; readonly rate: number }[];
  readonly sampleRatio: { readonly ok: boolean };
}

describe.skipIf(!canStartBrowser())('collected events', () => {
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

  const rows = () => page.getByRole('region', { name: 'Events, newest first' }).locator('tbody tr');

  it('appear the moment they are sent, wait while paused, and are found by the filter', async () => {
    const { page: sender, complaints: senderComplaints } = await openPage(browser.context);
    await page.goto(`${lab.urls.Lab}/#/events`);
    await page.getByText('Nothing was collected yet').waitFor();
    await page.getByText(/^Live, /).waitFor();
    // A browser draws the tab in front at once and the others once a second.
    await sender.bringToFront();
    await sender.goto(`${lab.urls.Lab}/#/users?user=ada&a.plan=gold&flag=checkout`);
    await sender.getByRole('button', { name: 'Send impression' }).click();
    await rows().getByText('checkout_redesign').waitFor();
    await sender.getByLabel('Event', { exact: true }).selectOption('purchase');
    await sender.getByRole('button', { name: 'Send event' }).click();
    await rows().getByText('42.00').waitFor();
    expect(await rows().count()).toBe(2);

    await page.bringToFront();
    await page.getByRole('button', { name: 'Pause' }).click();
    await sender.bringToFront();
    await sender.getByLabel('Event', { exact: true }).selectOption('add_to_cart');
    await sender.getByRole('button', { name: 'Send event' }).click();
    await page.bringToFront();
    await page.getByText('Paused, 1 new').waitFor();
    expect(await rows().count()).toBe(2);
    await page.getByRole('button', { name: 'Resume' }).click();
    await rows().getByText('add_to_cart').waitFor();

    await page.getByRole('searchbox').fill('PURCHASE ada');
    await expect.poll(() => rows().count()).toBe(1);
    await page.getByRole('searchbox').fill('nobody');
    await page.getByText('No event matches').waitFor();
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Kind').selectOption('impression');
    await expect.poll(() => rows().count()).toBe(1);
    expect(senderComplaints).toEqual([]);
    await sender.close();
  });

  it('are forgotten when that is wanted', async () => {
    await page.goto(`${lab.urls.Lab}/#/events`);
    await page.getByRole('button', { name: 'Forget all events' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget them' }).click();
    await page.getByText('Nothing was collected yet').waitFor();
  });

  it('of ten thousand simulated visitors become figures, a chart and a verdict on the split', async () => {
    await page.goto(`${lab.urls.Lab}/#/results`);
    await page.getByText('Nothing to check yet').waitFor();
    await page.getByRole('button', { name: 'Simulate 10,000 visitors' }).click();
    await page.getByText(/ of 10,000 visitors/).waitFor();
    await page.getByText(/^10,000 visitors in [\d.]+ s\.$/).waitFor({ timeout: 110_000 });
    await page.getByText('The split is as configured').waitFor();

    const answer = await page.evaluate(async () => {
      const experiments = await (await fetch('/api/experiments')).json();
      return (await fetch(`/api/results/${experiments[0].ruleId}?event=purchase`)).json();
    });
    const { variations, sampleRatio } = answer as ResultsAnswer;
    expect(sampleRatio.ok).toBe(true);
    const table = page.getByRole('region', { name: 'Figures by variation' });
    for (const { variationKey, visitors, rate } of variations) {
      const row = table.getByRole('row', { name: variationKey });
      await row.getByText(`${(rate * 100).toFixed(1)} %`, { exact: true }).waitFor();
      await row.getByText(visitors.toLocaleString('en-GB'), { exact: true }).waitFor();
    }
    const chart = page.getByRole('img', { name: /^Line chart of the rate of conversion to purchase/ });
    expect(await inkOf(page)).toBeGreaterThan(500);
    for (const { variationKey } of variations) expect(await chart.getAttribute('aria-label')).toContain(variationKey);
    expect(await findViolations(page)).toEqual([]);
  });

  it('are found in the whole database, and their links explain the decision that was made', async () => {
    const oldest = await page.evaluate(async () => {
      const rows = await (await fetch('/api/events?q=visitor-&flag=checkout&limit=1000')).json();
      return rows.filter((row: { ruleKey?: string }) => row.ruleKey === 'checkout_redesign').at(-1);
    });
    await page.goto(`${lab.urls.Lab}/#/events`);
    await rows().first().waitFor();
    await page.getByRole('searchbox').fill(`user:${oldest.userId} flag:checkout`);
    await expect.poll(() => rows().count()).toBe(1);
    // The split is turned around; the event was decided before.
    const { datafile } = await (await fetch(`${lab.urls.Lab}/api/datafile`)).json();
    const other = datafile.experiments[0].variations.find(({ key }: { key: string }) => key !== oldest.variationKey);
    await fetch(`${lab.urls.Lab}/api/rules/2001`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': datafile.revision },
      body: JSON.stringify({ shares: { [other.id]: 100 }, allowMoves: true }),
    });
    await rows().getByRole('link', { name: oldest.userId }).click();
    await page.getByText(`Decided with revision ${oldest.revision}, as the event was`, { exact: false }).waitFor();
    const decision = page.getByRole('button', { name: /^on ?checkout/ });
    await decision.getByText(oldest.variationKey, { exact: false }).first().waitFor();
    await page.getByRole('link', { name: 'Decide with what is published' }).click();
    await decision.getByText(other.key, { exact: false }).first().waitFor();
  });

  it('of a changed split are a period of their own, marked on the chart', async () => {
    await page.addInitScript(recordCanvasTexts);
    await page.goto(`${lab.urls.Lab}/#/results/2001?event=purchase`);
    await page.reload();
    await page.getByText('No user was seen yet').waitFor();
    const period = page.getByLabel('Period');
    expect(await period.locator('option').count()).toBe(2);
    const [now, before] = await period
      .locator('option')
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    expect(await period.inputValue()).toBe(now);
    await period.selectOption(before ?? '');
    await page.getByText('The split is as configured').waitFor();
    const chart = page.getByRole('img', { name: /^Line chart/ });
    expect(await chart.getAttribute('aria-label')).toContain(`The period began with revision ${before}`);
    // The line and its words stand on the canvas, inside what is seen of it.
    const marks = await page.evaluate(() => {
      const { width } = document.querySelector<HTMLCanvasElement>('.chart canvas') ?? { width: 0 };
      return (window as unknown as CanvasRecord).canvasTexts.filter(({ x }) => x > 0 && x < width);
    });
    const words = marks.map(({ text }) => text.replace(/^← | →$/, ''));
    expect(words).toContain(`new period: revision ${before}`);
    expect(words).toContain(`new period: revision ${now}`);
  });

  it('do not depend on the scheme: the chart is drawn anew in the colours of the reader', async () => {
    await page.getByRole('button', { name: 'Dark colours' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.chart canvas').length === 1);
    expect(await inkOf(page)).toBeGreaterThan(500);
    expect(await findViolations(page)).toEqual([]);
  });

  it('are still there for a reader who comes back', async () => {
    await page.goto(`${lab.urls.Lab}/#/events`);
    await page.reload();
    await rows().first().waitFor();
    expect(await rows().count()).toBeGreaterThan(50);
  });

  it('leave the console of the browser empty', () => {
    expect(complaints).toEqual([]);
  });
});

interface CanvasRecord {
  canvasTexts: { readonly text: string; readonly x: number }[];
}

/** Runs in the page before its scripts: keeps what is written on a canvas. */
function recordCanvasTexts(): void {
  const texts: { text: string; x: number }[] = [];
  (window as unknown as CanvasRecord).canvasTexts = texts;
  const fillText = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, maxWidth) {
    texts.push({ text, x });
    return maxWidth === undefined ? fillText.call(this, text, x, y) : fillText.call(this, text, x, y, maxWidth);
  };
}

/** How many pixels of the chart are in the colour of a line: more saturated than axes and text. */
function inkOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.chart canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return 0;
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
      if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count += 1;
    }
    return count;
  });
}
