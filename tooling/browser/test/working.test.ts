/** The lab as a tool to work with: create, order, copy, look back, ask why not, and find everything by keyboard. */
import { canStartBrowser } from '@sortition/rig';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findViolations } from '../src/accessibility.js';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

describe.skipIf(!canStartBrowser())('work in the lab', () => {
  let lab: RunningApp;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    lab = await startApp('lab', ['Lab']);
    browser = await startChromium({
      viewport: { width: 1280, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    ({ page, complaints } = await openPage(browser.context));
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  const open = async (address: string) => {
    await page.goto(`${lab.urls.Lab}/#/${address}`);
    await page.getByText('live in this browser').waitFor();
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const datafile = async () => (await fetch(`${lab.urls.Lab}/datafiles/lab.json`)).json();
  const create = async (opener: string, title: string, key: string) => {
    await button(opener).click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByRole('textbox').fill(key);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.waitFor({ state: 'detached' });
  };

  it('creates a flag with a variable, an experiment and a third variation, and deletes it', async () => {
    await open('flags');
    await create('New', 'New flag', 'banner');
    await page.getByRole('heading', { name: 'banner', exact: true }).waitFor();
    expect(page.url()).toContain('#/flags/banner');
    await button('Edit variables').click();
    const variables = page.getByRole('dialog', { name: 'Variables of banner' });
    await variables.getByRole('button', { name: 'Add a variable' }).click();
    await variables.getByLabel('Key').fill('text');
    await variables.getByLabel('Default').fill('Hello');
    await variables.getByRole('button', { name: 'Publish' }).click();
    await variables.waitFor({ state: 'detached' });
    await create('Add an experiment', 'New experiment', 'banner_test');
    await button('Edit variations of banner_test').click();
    const variations = page.getByRole('dialog', { name: 'Variations of banner_test' });
    await variations.getByRole('button', { name: 'Add a variation' }).click();
    await variations.getByLabel('Key').last().fill('loud');
    expect(await findViolations(page)).toEqual([]);
    await variations.getByRole('button', { name: 'Publish' }).click();
    await variations.waitFor({ state: 'detached' });
    const { featureFlags, experiments } = await datafile();
    expect(featureFlags.find(({ key }: { key: string }) => key === 'banner').variables).toMatchObject([
      { key: 'text', defaultValue: 'Hello' },
    ]);
    const { variations: made } = experiments.find(({ key }: { key: string }) => key === 'banner_test');
    expect(made.map(({ key }: { key: string }) => key)).toContain('loud');
    await page.getByRole('button', { name: 'Delete banner', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete banner' }).click();
    await page.getByRole('heading', { name: 'There is no flag "banner"' }).waitFor();
  });

  it('orders rules by keyboard and by dragging', async () => {
    await open('flags/gift_wrap');
    for (const key of ['first', 'second']) await create('Add a delivery', 'New delivery', key);
    const order = async () =>
      (await page.getByRole('article').getByRole('heading', { level: 3 }).allTextContents()).filter((key) =>
        ['first', 'second'].includes(key),
      );
    const place = (key: string) => button(new RegExp(`^Place of ${key}:`));
    await expect.poll(order).toHaveLength(2);
    const [upper = '', lower = ''] = await order();
    await place(lower).focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(order).toEqual([lower, upper]);
    await place(upper).dragTo(place(lower));
    await expect.poll(order).toEqual([upper, lower]);
  });

  it('creates an audience with nested groups in the form, at an address of its own', async () => {
    await open('audiences');
    await button('New audience').click();
    expect(page.url()).toContain('#/audiences/new');
    const dialog = page.getByRole('dialog', { name: 'New audience' });
    const value = (position: string) =>
      dialog.getByRole('group', { name: `Condition ${position}`, exact: true }).getByLabel('Value', { exact: true });
    await dialog.getByLabel('Name').fill('Nearby members');
    await value('1').fill('gold');
    await dialog.getByRole('button', { name: 'Add a group', exact: true }).click();
    await value('2.1').fill('member');
    await dialog.getByRole('button', { name: 'Add a condition to group 2' }).click();
    const second = dialog.getByRole('group', { name: 'Condition 2.2', exact: true });
    await second.getByLabel('Attribute or segment').selectOption('country');
    await value('2.2').fill('DE');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('plan is "gold" or (plan is "member" and country is "DE")').waitFor();
    await page.getByRole('searchbox', { name: 'Search audiences' }).fill('country is');
    await expect.poll(() => page.getByRole('listitem').count()).toBeLessThan(6);
    expect(page.url()).toContain('q=country+is');
  });

  it('copies a flag as a decide call, curl, test, JSON and link', async () => {
    await open('flags/checkout');
    await page.getByText('Copy', { exact: true }).click();
    const copied = async (name: string) => {
      await button(name).click();
      await page.getByText(`${name} is in the clipboard.`).waitFor();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    expect(await copied('Decide call')).toContain('user.decide("checkout")');
    expect(await copied('Test')).toContain('createTestClient({ flags: { "checkout"');
    expect(JSON.parse(await copied('JSON'))).toMatchObject({ key: 'checkout' });
    expect(await copied('Link')).toBe(`${lab.urls.Lab}/#/flags/checkout`);
    const [, key = '', url = '', user = ''] =
      /^curl -H '([^']+)' '([^']+)' -H 'X-Amp-Exp-User: ([^']+)'/.exec(await copied('curl')) ?? [];
    const answer = await fetch(url, {
      headers: { authorization: key.replace('Authorization: ', ''), 'x-amp-exp-user': user },
    });
    expect(Object.keys(await answer.json())).toEqual(['checkout']);
  });

  it('answers why not another variation, compares users, and shows what is forced, all in the address', async () => {
    await open('users?user=katherine&a.plan=gold&flag=checkout');
    const why = page.getByRole('region', { name: /^Why/ });
    await why.getByLabel('Why not').selectOption('express');
    await why.getByText('The bucket would have to be one of 8,000 to 9,999, those of express.').waitFor();
    await button('Keep it beside').click();
    await page.getByRole('textbox', { name: 'User id' }).fill('ada');
    await page.getByLabel('plan', { exact: true }).fill('silver');
    await why.getByText('plan would have to be "gold"; it is "silver".').waitFor();
    const beside = page.getByRole('region', { name: 'Side by side' });
    await beside.getByRole('row', { name: /^checkout ?differs/ }).waitFor();
    await page.getByLabel('Bucketing id').fill('grace');
    await page.getByLabel('plan', { exact: true }).fill('gold');
    await why.getByText('by the bucketing id attribute instead of the user id').first().waitFor();
    await why.getByLabel('Force').selectOption('classic');
    await why.getByText('The application forces classic', { exact: false }).first().waitFor();
    await why.getByText('forced', { exact: true }).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.reload();
    await why.getByText('forced', { exact: true }).waitFor();
    await beside.getByText('katherine').first().waitFor();
    expect(await page.getByLabel('Bucketing id').inputValue()).toBe('grace');
    await beside.getByRole('button', { name: 'Look at katherine' }).click();
    expect(await page.getByRole('textbox', { name: 'User id' }).inputValue()).toBe('katherine');
  });

  it('offers the users of the newest events', async () => {
    await open('users?user=recent-ada&a.plan=gold&flag=checkout');
    await button('Send impression').click();
    await page.getByText('was collected.').waitFor();
    await page.getByRole('textbox', { name: 'User id' }).fill('somebody-else');
    await page
      .getByRole('region', { name: 'Recent users' })
      .getByRole('button', { name: /recent-ada/ })
      .click();
    expect(await page.getByRole('textbox', { name: 'User id' }).inputValue()).toBe('recent-ada');
    expect(await page.getByLabel('plan', { exact: true }).inputValue()).toBe('gold');
  });

  it('goes anywhere by the palette, without a mouse', async () => {
    await open('faults');
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: /^Go to/ });
    await field.fill('ranking mod');
    await page
      .getByRole('option', { name: /ranking_model/ })
      .first()
      .waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Flags' }).waitFor();
    await page.getByRole('heading', { name: 'ranking_model' }).waitFor();
    await page.keyboard.press('Control+k');
    await field.waitFor();
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
  });

  it('looks back: the change of a revision has an address, and a revision is restored', async () => {
    await open('project');
    await create('New attribute', 'New attribute', 'beta');
    const { revision } = await datafile();
    await button(`Show the change of revision ${revision}`).click();
    await page
      .getByRole('region', { name: /^From revision/ })
      .getByText('beta')
      .waitFor();
    await page.reload();
    await page
      .getByRole('region', { name: /^From revision/ })
      .getByText('beta')
      .waitFor();
    await button(`Restore ${revision - 1}`).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Restore/ })
      .click();
    await expect.poll(async () => (await datafile()).revision).toBe(String(Number(revision) + 1));
    const { attributes } = await datafile();
    expect(attributes.map(({ key }: { key: string }) => key)).not.toContain('beta');
  });

  it('imports a datafile from a file', async () => {
    await open('project');
    const current = await datafile();
    const featureFlags = current.featureFlags.slice(0, 2);
    await page.getByLabel('Datafile or lab, as a file').setInputFiles({
      name: 'datafile.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify({ ...current, featureFlags })),
    });
    await expect.poll(async () => (await datafile()).featureFlags.length).toBe(2);
    await page.goto(`${lab.urls.Lab}/#/flags`);
    await button('Reset to the original').click();
    await expect.poll(async () => (await datafile()).featureFlags.length).toBe(7);
  });

  it('keeps how results are looked at in the address', async () => {
    await open('results');
    await button('Every day').click();
    expect(page.url()).toContain('look=sequential');
    await page.getByLabel('Attribute', { exact: true }).selectOption('plan');
    await page.reload();
    await page.getByRole('button', { name: 'Every day', pressed: true }).waitFor();
    expect(await page.getByLabel('Attribute', { exact: true }).inputValue()).toBe('plan');
  });

  it('has sliders under their traffic line, and tiles of even height', async () => {
    await open('flags/checkout');
    const rule = page.getByRole('region', { name: 'checkout_redesign' });
    const line = await boxOf(rule.locator('.traffic-track'));
    const slider = await boxOf(
      rule.getByRole('slider', { name: 'Share of classic in checkout_redesign', exact: true }),
    );
    // The middle of a thumb of 16 pixels goes from 8 pixels inside of one end to 8 pixels inside of the other.
    expect(slider.x + 8).toBeCloseTo(line.x, 0);
    expect(slider.x + slider.width - 8).toBeCloseTo(line.x + line.width, 0);
    await open('faults');
    const tiles = await page
      .locator('.tiles > * > *')
      .evaluateAll((all) => all.map((tile) => tile.getBoundingClientRect().toJSON()));
    const rows = new Map(tiles.map(({ y, height }) => [y, height]));
    expect(tiles.filter(({ y, height }) => rows.get(y) !== height)).toEqual([]);
  });

  it('keeps variations apart in colours of the reader’s own choosing', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    await open('flags/checkout');
    const colours = await page
      .getByRole('region', { name: 'checkout_redesign' })
      .locator('.traffic-span')
      .evaluateAll((spans) => spans.map((span) => getComputedStyle(span).backgroundColor));
    expect(new Set(colours).size).toBe(3);
    const current = await page
      .locator('.nav-link[aria-current]')
      .evaluate((link) => getComputedStyle(link).outlineStyle);
    expect(current).toBe('solid');
    await page.emulateMedia({ forcedColors: 'none' });
  });

  it('leaves the console of the browser empty', () => {
    expect(complaints).toEqual([]);
  });
});

async function boxOf(element: Locator) {
  const box = await element.boundingBox();
  if (box === null) throw new Error('The element is not shown.');
  return box;
}
