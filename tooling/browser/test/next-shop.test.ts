/**
 * The shop on Next.js, a production build, in a browser: what a server decided stays as it is on the screen, and what was seen is
 * what the lab counts. `NEXT_SHOP_VISITORS=50` for the long run.
 */
import { canStartBrowser } from '@sortition/rig';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Browser, startChromium } from '../src/chromium.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { openPage } from '../src/watched-page.js';

const { NEXT_SHOP_VISITORS } = process.env;
const VISITORS = Number(NEXT_SHOP_VISITORS ?? 2);
/** In the modes that take longer. */
const FEW_VISITORS = Number(NEXT_SHOP_VISITORS ?? 1);
/** Only there to end what hangs. */
const LIMIT_MS = 120_000 + VISITORS * 30_000;
const PAGES = ['/', '/cart', '/thanks'];
/** What blockers know: the datafile and the events, by their addresses. */
const BLOCKED = { datafile: '**/lab/datafiles/**', events: '**/lab/events' };
/**
 * Visitors of both experiments below. Some of those chosen by chance are in the holdout, or in none of the experiments, where no split
 * moves them.
 */
const MOVERS = ['visitor-0', 'visitor-2', 'visitor-3', 'visitor-7'];
/** What is moved while a page is open. */
const CHANGES = [
  {
    path: '/',
    flagKey: 'recommendations',
    ruleId: '2003',
    variations: [
      { id: '2301', key: 'bestsellers' },
      { id: '2302', key: 'personal' },
    ],
  },
  {
    path: '/cart',
    flagKey: 'checkout',
    ruleId: '2001',
    variations: [
      { id: '2101', key: 'classic' },
      { id: '2102', key: 'one_page' },
    ],
  },
  {
    path: '/thanks',
    flagKey: 'recommendations',
    ruleId: '2003',
    variations: [
      { id: '2302', key: 'personal' },
      { id: '2301', key: 'bestsellers' },
    ],
  },
];

/** What a page says about itself. */
interface Seen {
  /** `flag variation` of what is on the screen. */
  readonly flags: string[];
  /** Changes of decided content after it was painted. */
  readonly changes: string[];
  /** Cumulative layout shift. */
  readonly shift: number;
}

/** What the page keeps of itself. */
interface Watched {
  changes: string[];
  shift: number;
  /** What React has taken over, once its effects have run. */
  hydrated: WeakSet<Element>;
  painted: WeakSet<Element>;
  __REACT_DEVTOOLS_GLOBAL_HOOK__: object;
}

/** Runs in the page before its scripts. Kept free of names of this file. */
function watch(): void {
  const page = globalThis as unknown as Watched;
  page.changes = [];
  page.shift = 0;
  page.hydrated = new WeakSet();
  page.painted = new WeakSet();
  // React tells development tools of each commit once its effects have run. What it hydrated has its mark by then.
  page.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: () => undefined,
    onCommitFiberUnmount: () => undefined,
    onPostCommitFiberRoot: () => {
      for (const element of document.querySelectorAll('[data-flag]')) {
        if (Object.keys(element).some((key) => key.startsWith('__reactFiber'))) page.hydrated.add(element);
      }
    },
  };
  new MutationObserver((records) => {
    for (const { target } of records) {
      const element = target instanceof Element ? target : target.parentElement;
      const decided = element?.closest('[data-flag]');
      if (decided && page.painted.has(decided)) page.changes.push(decided.outerHTML);
    }
    const added = [...document.querySelectorAll('[data-flag]')];
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        for (const element of added) page.painted.add(element);
      }),
    );
  }).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ['data-variation'] });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
      if (!entry.hadRecentInput) page.shift += entry.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

const read = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    const own = globalThis as unknown as Watched;
    const flags = [...document.querySelectorAll<HTMLElement>('[data-flag]')].filter(
      (element) => element.offsetParent !== null,
    );
    return {
      flags: flags.map(({ dataset }) => `${dataset.flag} ${dataset.variation}`),
      changes: own.changes,
      shift: own.shift,
    };
  });

/** Waits until React has taken over everything that shows a decision, also what streamed in late. */
const whenHydrated = (page: Page) =>
  page.waitForFunction(() => {
    const { hydrated } = globalThis as unknown as Watched;
    return [...document.querySelectorAll('[data-flag]')].every((element) => hydrated.has(element));
  });

describe.skipIf(!canStartBrowser())('the shop on Next.js', { timeout: LIMIT_MS }, () => {
  let lab: RunningApp;
  let shop: RunningApp;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    lab = await startApp('lab', ['Lab']);
    shop = await startApp('next-shop', ['NextShop'], {
      LAB_PORT: new URL(lab.urls.Lab ?? '').port,
      NEXT_SHOP_PORT: '0',
    });
    // The first page of a server waits for its datafile.
    await vi.waitFor(async () => {
      const page = await (await fetch(`${shop.urls.NextShop}/cart`)).text();
      if (!/data-variation="\w/.test(page)) throw new Error(`the shop has no datafile: ${shop.output()}`);
    }, 30_000);
  });
  afterAll(async () => {
    await shop?.stop();
    await lab?.stop();
  });
  beforeEach(() => fetch(`${lab.urls.Lab}/api/events`, { method: 'DELETE' }));
  afterEach(() => browser?.close());

  const start = async (options = {}) => {
    browser = await startChromium({ viewport: { width: 1280, height: 900 }, ...options });
    ({ context } = browser);
  };
  const impressions = async (): Promise<string[]> => {
    const rows: { userId: string; flagKey: string; variationKey?: string; uuid: string }[] = await (
      await fetch(`${lab.urls.Lab}/api/events?kind=impression&limit=1000`)
    ).json();
    expect(new Set(rows.map(({ uuid }) => uuid)).size).toBe(rows.length);
    return rows.map(({ userId, flagKey, variationKey = '' }) => `${userId} ${flagKey} ${variationKey}`).sort();
  };
  /** Waits until as many impressions came as were seen. */
  const whenCounted = async (seen: readonly string[]) => {
    await expect.poll(async () => (await impressions()).length).toBeGreaterThanOrEqual(seen.length);
  };
  /** Waits for what was seen, and a moment more for impressions that should not come. */
  const expectCounted = async (seen: readonly string[]) => {
    await whenCounted(seen);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await impressions()).toEqual([...seen].sort());
  };

  /** Makes the browser that of a visitor, by the cookie of the analytics SDK. */
  const become = async (id: string) => {
    await context.clearCookies();
    await context.addCookies([{ name: 'amp_lab-an', value: `${id}..........`, url: shop.urls.NextShop ?? '' }]);
  };

  /** Gives a variation all the traffic of its rule. */
  const allot = async (ruleId: string, variationId = '') => {
    const { datafile } = await (await fetch(`${lab.urls.Lab}/api/datafile`)).json();
    const changed = await fetch(`${lab.urls.Lab}/api/rules/${ruleId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': datafile.revision },
      body: JSON.stringify({ shares: { [variationId]: 100 }, allowMoves: true }),
    });
    expect(changed.status, await changed.text()).toBe(200);
  };
  /** Waits until the shop's server decides by what was published. */
  const served = async (path: string, id: string, flagKey: string, variation = '') => {
    const headers = { cookie: `amp_lab-an=${id}..........` };
    const look = async () => (await fetch(`${shop.urls.NextShop}${path}`, { headers })).text();
    await expect.poll(look).toContain(`data-flag="${flagKey}" data-variation="${variation}"`);
  };

  /** Visits every page as new visitors do, and stays on each until it is counted; answers what they saw. */
  const visitAll = async (visitors: number, prepare: (page: Page) => Promise<unknown>, name?: string) => {
    const { page, complaints } = await openPage(context);
    await page.addInitScript(watch);
    await prepare(page);
    const seen: string[] = [];
    for (let visitor = 0; visitor < visitors; visitor += 1) {
      const id = name ?? `visitor-${visitor}-${Math.random().toString(36).slice(2)}`;
      await become(id);
      for (const path of PAGES) {
        await page.goto(`${shop.urls.NextShop}${path}`, { waitUntil: 'load' });
        await whenHydrated(page);
        const { flags } = await read(page);
        expect(flags.length, path).toBeGreaterThan(0);
        seen.push(...flags.map((flag) => `${id} ${flag}`));
        await whenCounted(seen);
        expect({ path, ...(await read(page)) }).toEqual({ path, flags, changes: [], shift: 0 });
      }
    }
    return { seen, complaints };
  };

  it('shows every visitor what the server decided, and counts what they saw once', async () => {
    await start();
    const { seen, complaints } = await visitAll(VISITORS, async () => undefined);
    expect(complaints).toEqual([]);
    await expectCounted(seen);
  });

  it('does so over a slow network', async () => {
    await start();
    const slow = async (page: Page) => {
      const session = await context.newCDPSession(page);
      const throughput = 60_000;
      await session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 200,
        downloadThroughput: throughput,
        uploadThroughput: throughput,
      });
    };
    const { seen, complaints } = await visitAll(FEW_VISITORS, slow);
    expect(complaints).toEqual([]);
    await expectCounted(seen);
  });

  it.each([
    ['the datafile cannot be had', [BLOCKED.datafile]],
    ['an ad blocker takes the datafile and the events', [BLOCKED.datafile, BLOCKED.events]],
  ])('does so when %s', async (_name, rules) => {
    await start();
    const block = (page: Page) => Promise.all(rules.map((rule) => page.route(rule, (route) => route.abort())));
    const { seen, complaints } = await visitAll(FEW_VISITORS, block);
    expect(complaints.filter((complaint) => !complaint.includes('Failed to load resource'))).toEqual([]);
    await expectCounted(seen);
  });

  it('does so for a visitor in a segment that only the server knows', async () => {
    await start();
    const id = `vip-${Math.random().toString(36).slice(2)}`;
    await fetch(`${lab.urls.Lab}/api/users/${id}/segments`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ segments: ['vip'] }),
    });
    const { seen, complaints } = await visitAll(1, async () => undefined, id);
    expect(seen).toContain(`${id} vip_banner on`);
    expect(complaints).toEqual([]);
    await expectCounted(seen);
  });

  it('does so without scripts', async () => {
    await start({ javaScriptEnabled: false });
    const { page } = await openPage(context);
    const seen: string[] = [];
    for (let visitor = 0; visitor < VISITORS; visitor += 1) {
      const id = `visitor-${visitor}-${Math.random().toString(36).slice(2)}`;
      await become(id);
      for (const path of PAGES) {
        await page.goto(`${shop.urls.NextShop}${path}`, { waitUntil: 'load' });
        // What streams in behind Suspense is hidden without scripts.
        for (const element of await page.locator('[data-flag]').all()) {
          if (!(await element.isVisible())) continue;
          seen.push(`${id} ${await element.getAttribute('data-flag')} ${await element.getAttribute('data-variation')}`);
        }
      }
    }
    expect(seen.length).toBeGreaterThanOrEqual(VISITORS * PAGES.length);
    await expectCounted(seen);
  });

  it('follows a change of the datafile while the page is open, and counts what is shown then', async () => {
    await start();
    const { page, complaints } = await openPage(context);
    await page.addInitScript(watch);
    const expected: string[] = [];
    for (let visitor = 0; visitor < FEW_VISITORS; visitor += 1) {
      const id = MOVERS[visitor % MOVERS.length] ?? '';
      await fetch(`${lab.urls.Lab}/api/events`, { method: 'DELETE' });
      expected.length = 0;
      await become(id);
      for (const { path, flagKey, ruleId, variations } of CHANGES) {
        const [from, to] = visitor % 2 === 0 ? variations : [...variations].reverse();
        await allot(ruleId, from?.id);
        await served(path, id, flagKey, from?.key);
        await page.goto(`${shop.urls.NextShop}${path}`);
        await whenHydrated(page);
        const own = page.locator(`[data-flag="${flagKey}"]`);
        expect(await own.getAttribute('data-variation')).toBe(from?.key);
        expected.push(...(await read(page)).flags.map((flag) => `${id} ${flag}`));
        // The client of the browser has its datafile, or has given up, by then.
        await whenCounted(expected);
        await allot(ruleId, to?.id);
        await expect.poll(() => own.getAttribute('data-variation')).toBe(to?.key);
        expected.push(`${id} ${flagKey} ${to?.key}`);
        await whenCounted(expected);
        // Nothing changed but the decision that is another one.
        const { changes } = await read(page);
        expect(changes.filter((html) => !html.includes(`data-flag="${flagKey}"`))).toEqual([]);
        expect(changes.length).toBeGreaterThan(0);
      }
      await expectCounted(expected);
    }
    expect(complaints).toEqual([]);
  });

  it('sells, with the revenue of the experiment in the lab', async () => {
    await start();
    const { page } = await openPage(context);
    await page.goto(`${shop.urls.NextShop}/cart`);
    await page.getByRole('spinbutton').fill('3');
    await page.getByRole('button').click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    const conversions = async () => (await fetch(`${lab.urls.Lab}/api/events?kind=conversion`)).json();
    await expect.poll(conversions).toMatchObject([{ eventKey: 'purchase' }]);
    const [{ revenue }] = await conversions();
    expect([7_200, 6_840]).toContain(revenue); // the express checkout gives five percent
  });
});
