/** The guide for Next.js: the application it describes, built for production, does what the guide says. */
import { canStartBrowser } from '@sortition/rig';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Browser, startChromium } from '../src/chromium.js';
import { buildGuideApp } from '../src/guide-app.js';
import { type RunningApp, startApp, startCommand } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

const ENV = {
  IMPRESSION_KEY: 'a secret of the impressions of the guide',
  FORCE_KEY: 'a secret of the forced decisions',
  FLAGS_SECRET: 'dGhlIGxhYiBydW5zIG9uIHRoaXMgbWFjaGluZSBvbmw',
};
const REQUEST_MS = 30_000;

describe.skipIf(!canStartBrowser())('the application of the guide for Next.js', { timeout: 120_000 }, () => {
  let lab: RunningApp;
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    lab = await startApp('lab', ['Lab']);
    buildGuideApp(lab.urls.Lab ?? '', { ...process.env, ...ENV });
    app = await startCommand('node apps/next-shop/dist/guide/main.js', ['Guide'], ENV);
    browser = await startChromium();
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await lab?.stop();
  });

  const ask = (path: string, cookie = '') =>
    fetch(`${app.urls.Guide}${path}`, { headers: { cookie }, signal: AbortSignal.timeout(REQUEST_MS) });
  /** Of the analytics SDK; its name has the start of the key in the guide. */
  const cookieOf = (id: string) => `amp_my-ana=${id}..........`;
  /** What the lab counted of a visitor. */
  const impressions = async (user: string): Promise<string[]> => {
    const rows: { flagKey: string; variationKey?: string }[] = await (
      await fetch(`${lab.urls.Lab}/api/events?kind=impression&user=${user}`)
    ).json();
    return rows.map(({ flagKey, variationKey }) => `${flagKey} ${variationKey}`);
  };
  /** What is decided beside the page, once the server has its datafile. */
  const decided = async (id: string): Promise<{ checkout: string; order: string | null }> => {
    const { isSame, checkout, order } = await (await ask('/api/decision', cookieOf(id))).json();
    expect(isSame).toBe(true);
    return { checkout, order };
  };

  it('gives a visitor an id, and keeps it', async () => {
    const first = await ask('/');
    const [cookie = ''] = first.headers.get('set-cookie')?.split(';') ?? [];
    expect(cookie).toMatch(/^amp_my-ana=[\w-]{36}\./);
    expect((await ask('/', cookie)).status).toBe(200);
  });

  it('decides on the server, and counts the image of a page without scripts once', async () => {
    const { checkout: variation } = await decided('ada');
    let html = '';
    await vi.waitFor(
      async () => {
        html = await (await ask('/', cookieOf('ada'))).text();
        expect(html).toContain(`<p>${variation}</p>`);
      },
      { timeout: 30_000, interval: 200 },
    );
    const [, path = ''] = /<img src="([^"]+)"/.exec(html) ?? [];
    for (let times = 0; times < 2; times += 1) expect((await ask(path)).status).toBe(200);
    await expect.poll(() => impressions('ada')).toEqual([`checkout ${variation}`]);
  });

  it('goes on in the browser, whose client records what it shows', async () => {
    const { checkout: variation } = await decided('grace');
    const { page, complaints } = await openPage(browser.context);
    const [name = '', value = ''] = cookieOf('grace').split('=');
    await browser.context.addCookies([{ name, value, url: app.urls.Guide ?? '' }]);
    await page.goto(`${app.urls.Guide}/browser`);
    await expect.poll(() => page.locator('p').textContent()).toBe(variation);
    await expect.poll(() => impressions('grace')).toEqual([`checkout ${variation}`]);
    expect(complaints).toEqual([]);
  });

  it('forces a decision with a signed cookie, and none without it', async () => {
    const { forced, cookie } = await (await ask('/api/forced')).json();
    expect(forced).toEqual([]);
    const again = await ask('/api/forced', `sortition_forced=${cookie}`);
    expect((await again.json()).forced).toMatchObject([{ flagKey: 'checkout', variationKey: 'one_page' }]);
  });

  it('serves a page that was built ahead for what the proxy decides', async () => {
    const orders = new Set<string>();
    for (let visitor = 0; visitor < 10; visitor += 1) {
      const id = `visitor-${visitor}`;
      const { order } = await decided(id);
      // The first requests come before the client of the proxy has its datafile.
      const offers = async () => (await ask('/offers', cookieOf(id))).text();
      await expect.poll(offers).toContain(`<ul data-order="${order ?? ''}">`);
      orders.add(order ?? '');
    }
    expect(orders.size).toBeGreaterThan(1);
  });
});
