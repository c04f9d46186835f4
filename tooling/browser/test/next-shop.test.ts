/**
 * The shop on Next.js, a production build, in a browser: what a server decided stays as it is on the screen, and what was seen is
 * what the lab counts. `pnpm visitors` has fifty visitors in each mode, several at a time, says how far it is, and prints a table.
 */
import { canStartBrowser } from '@sortition/rig';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startForVisitors } from '../src/chromium.js';
import { readDecidedContent, watchDecidedContent, whenHydrated } from '../src/decided-content.js';
import { type RunningApp, startApp } from '../src/running-app.js';
import { startSlowNetwork } from '../src/slow-network.js';
import { openPage } from '../src/watched-page.js';

const { NEXT_SHOP_VISITORS } = process.env;
const VISITORS = Number(NEXT_SHOP_VISITORS ?? 2);
/** In the modes that take longer. */
const FEW_VISITORS = Number(NEXT_SHOP_VISITORS ?? 1);
/** Visitors whose pages are open at the same time: most of a visit is waiting. */
const AT_ONCE = 8;
/** Only there to end what hangs. */
const LIMIT_MS = 120_000 + VISITORS * 10_000;
const REQUEST_MS = 30_000;
/** How long impressions are waited for that should not come. */
const QUIET_MS = 1_500;
const PAGES = ['/', '/cart', '/thanks'];
/** What blockers know: the datafile and the events, by their addresses. */
const BLOCKED = { datafile: '**/lab/datafiles/**', events: '**/lab/events' };
/** What is moved while a page is open. */
const CHANGES = [
  { path: '/', flagKey: 'recommendations', ruleId: '2003', from: 'bestsellers', to: 'personal' },
  { path: '/cart', flagKey: 'checkout', ruleId: '2001', from: 'classic', to: 'one_page' },
  { path: '/thanks', flagKey: 'recommendations', ruleId: '2003', from: 'personal', to: 'bestsellers' },
];
const VARIATION_IDS: Readonly<Record<string, string>> = {
  bestsellers: '2301',
  personal: '2302',
  classic: '2101',
  one_page: '2102',
};

/** What a mode came to. */
interface Figures {
  readonly mode: string;
  pages: number;
  /** What React and the page complained of, hydration first of all. */
  warnings: number;
  /** Changes of decided content that nothing asked for, after it was painted. */
  changes: number;
  /** Sum of cumulative layout shifts. */
  shift: number;
  seen: number;
  counted: number;
  seconds: number;
}

/** A visitor with a page of their own. */
interface Visitor {
  readonly id: string;
  readonly page: Page;
  readonly complaints: readonly string[];
  leave(): Promise<void>;
}

/** What a mode does to the pages of a visitor before they go anywhere. */
type Prepare = (page: Page) => Promise<unknown>;

/** How visitors differ from the usual ones. */
interface Visits {
  readonly prepare?: Prepare;
  /** Whether the browser complains of requests that a rule refused. */
  readonly isBlocked?: boolean;
  /** Address of the shop, where it is not the usual one. */
  readonly base?: string;
  /** Of the only visitor. */
  readonly id?: string;
}

describe.skipIf(!canStartBrowser())('the shop on Next.js', { timeout: LIMIT_MS }, () => {
  let lab: RunningApp;
  let shop: RunningApp;
  let browser: Browser;
  const table: Figures[] = [];

  /** Says how far the long run is. */
  const say = (line: string): void => {
    if (NEXT_SHOP_VISITORS) console.log(line);
  };
  const ask = (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_MS) });

  beforeAll(async () => {
    lab = await startApp('lab', ['Lab']);
    shop = await startApp('next-shop', ['NextShop'], {
      LAB_PORT: new URL(lab.urls.Lab ?? '').port,
      NEXT_SHOP_PORT: '0',
    });
    browser = await startForVisitors();
    // The first page of a server waits for its datafile.
    await vi.waitFor(async () => {
      const page = await (await ask(`${shop.urls.NextShop}/cart`)).text();
      if (!/data-variation="\w/.test(page)) throw new Error(`the shop has no datafile: ${shop.output()}`);
    }, 30_000);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.stop();
    await lab?.stop();
    say(formatTable(table));
  });
  beforeEach(async () => void (await ask(`${lab.urls.Lab}/api/events`, { method: 'DELETE' })));
  afterEach(async () => void (await Promise.all(browser.contexts().map((context) => context.close()))));

  /** What the lab counted, of one visitor or of all. */
  const impressions = async (user = ''): Promise<string[]> => {
    const query = new URLSearchParams({ kind: 'impression', limit: '1000', user });
    const rows: { userId: string; flagKey: string; variationKey?: string; uuid: string }[] = await (
      await ask(`${lab.urls.Lab}/api/events?${query}`)
    ).json();
    expect(new Set(rows.map(({ uuid }) => uuid)).size).toBe(rows.length);
    return rows.map(({ userId, flagKey, variationKey = '' }) => `${userId} ${flagKey} ${variationKey}`).sort();
  };
  /** Waits until as many impressions of a visitor came as were seen. */
  const whenCounted = async (id: string, seen: readonly string[]) => {
    await expect
      .poll(async () => (await impressions(id)).length, { interval: 100 })
      .toBeGreaterThanOrEqual(seen.length);
  };
  /** Waits until all that was seen is counted, and a moment more for impressions that should not come. */
  const expectCounted = async (seen: readonly string[], figures: Figures) => {
    await expect.poll(async () => (await impressions()).length, { interval: 100 }).toBeGreaterThanOrEqual(seen.length);
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    const counted = await impressions();
    figures.seen += seen.length;
    figures.counted += counted.length;
    expect(counted).toEqual([...seen].sort());
  };

  /** Runs a mode, and takes its figures down. */
  const inMode = async (mode: string, run: (figures: Figures) => Promise<void>) => {
    const figures = { mode, pages: 0, warnings: 0, changes: 0, shift: 0, seen: 0, counted: 0, seconds: 0 };
    const start = performance.now();
    say(`${mode}: starts`);
    await run(figures);
    figures.seconds = Math.round((performance.now() - start) / 1_000);
    table.push(figures);
    say(`${mode}: ${formatFigures(figures)}`);
  };
  /** Does something as each of so many visitors, some of them at a time. */
  const asVisitors = async (visitors: number, figures: Figures, visit: (index: number) => Promise<unknown>) => {
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      while (next < visitors) {
        await visit(next++);
        done += 1;
        if (done % AT_ONCE === 0) say(`${figures.mode}: ${done} of ${visitors} visitors, ${figures.pages} pages`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };

  /** A browser of a new visitor, who is known by the cookie of the analytics SDK. */
  const arrive = async (id: string, prepare?: Prepare, options: BrowserContextOptions = {}): Promise<Visitor> => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    await context.addCookies([{ name: 'amp_lab-an', value: `${id}..........`, url: shop.urls.NextShop ?? '' }]);
    const { page, complaints } = await openPage(context);
    await watchDecidedContent(page);
    await prepare?.(page);
    return { id, page, complaints, leave: () => context.close() };
  };
  const newId = (index: number): string => `visitor-${index}-${Math.random().toString(36).slice(2)}`;

  /** Visits every page as new visitors do, and stays on each until it is counted; answers what they saw. */
  const visitAll = async (figures: Figures, visitors: number, given: Visits = {}): Promise<string[]> => {
    const all: string[] = [];
    await asVisitors(visitors, figures, async (index) => {
      const { id, page, complaints, leave } = await arrive(given.id ?? newId(index), given.prepare);
      const seen: string[] = [];
      for (const path of PAGES) {
        await page.goto(`${given.base ?? shop.urls.NextShop}${path}`, { waitUntil: 'load' });
        await whenHydrated(page, complaints);
        const { flags } = await readDecidedContent(page);
        expect(flags.length, path).toBeGreaterThan(0);
        seen.push(...flags.map((flag) => `${id} ${flag}`));
        await whenCounted(id, seen);
        const after = await readDecidedContent(page);
        figures.pages += 1;
        figures.changes += after.changes.length;
        figures.shift += after.shift;
        expect({ path, ...after }).toEqual({ path, flags, changes: [], shift: 0, moved: [] });
      }
      const own = complaints.filter((complaint) => !(given.isBlocked && complaint.includes('Failed to load resource')));
      figures.warnings += own.length;
      expect(own).toEqual([]);
      all.push(...seen);
      await leave();
    });
    return all;
  };

  /** Gives a variation all the traffic of its rule. */
  const allot = async (ruleId: string, variationKey: string) => {
    const { datafile } = await (await ask(`${lab.urls.Lab}/api/datafile`)).json();
    const changed = await ask(`${lab.urls.Lab}/api/rules/${ruleId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'if-match': datafile.revision },
      body: JSON.stringify({ shares: { [VARIATION_IDS[variationKey] ?? '']: 100 }, allowMoves: true }),
    });
    expect(changed.status, await changed.text()).toBe(200);
  };
  /** Whether the shop's server shows a variation to a visitor. */
  const shows = async (path: string, id: string, flagKey: string, variationKey: string): Promise<boolean> => {
    const page = await ask(`${shop.urls.NextShop}${path}`, { headers: { cookie: `amp_lab-an=${id}..........` } });
    return (await page.text()).includes(`data-flag="${flagKey}" data-variation="${variationKey}"`);
  };
  /** Waits until the shop's server decides by what was published. */
  const served = (path: string, id: string, flagKey: string, variationKey: string) =>
    expect.poll(() => shows(path, id, flagKey, variationKey), { interval: 100 }).toBe(true);

  /**
   * Visitors of both experiments below. Some of those chosen by chance are in the holdout, or in none of the experiments, where no
   * split moves them.
   */
  const findMovers = async (visitors: number): Promise<readonly string[]> => {
    const known = 'visitor-0';
    let ids = Array.from({ length: 4 * visitors + 8 }, (_, index) => `visitor-${index}`);
    for (const at of ['from', 'to'] as const) {
      for (const { path, flagKey, ruleId, [at]: variationKey } of CHANGES.slice(0, 2)) {
        await allot(ruleId, variationKey);
        await served(path, known, flagKey, variationKey);
        const moved: string[] = [];
        for (const id of ids) if (await shows(path, id, flagKey, variationKey)) moved.push(id);
        ids = moved;
      }
    }
    expect(ids.length).toBeGreaterThanOrEqual(visitors);
    return ids.slice(0, visitors);
  };

  it('shows every visitor what the server decided, and counts what they saw once', () =>
    inMode('as usual', async (figures) => {
      await expectCounted(await visitAll(figures, VISITORS), figures);
    }));

  it('does so over a slow network', () =>
    inMode('slow network', async (figures) => {
      const network = await startSlowNetwork(shop.urls.NextShop ?? '');
      await expectCounted(await visitAll(figures, FEW_VISITORS, { base: network.url }), figures);
      await network.close();
    }));

  it.each([
    ['the datafile cannot be had', 'CDN down', [BLOCKED.datafile]],
    ['an ad blocker takes the datafile and the events', 'ad blocker', [BLOCKED.datafile, BLOCKED.events]],
  ])('does so when %s', (_name, mode, rules) =>
    inMode(mode, async (figures) => {
      const block: Prepare = (page) => Promise.all(rules.map((rule) => page.route(rule, (route) => route.abort())));
      await expectCounted(await visitAll(figures, FEW_VISITORS, { prepare: block, isBlocked: true }), figures);
    }),
  );

  it('does so for a visitor in a segment that only the server knows', () =>
    inMode('in a segment', async (figures) => {
      // Not a random one: one visitor in twenty is in the holdout, which has no banner.
      const id = 'vip-visitor';
      await ask(`${lab.urls.Lab}/api/users/${id}/segments`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ segments: ['vip'] }),
      });
      const seen = await visitAll(figures, 1, { id });
      expect(seen).toContain(`${id} vip_banner on`);
      await expectCounted(seen, figures);
    }));

  it('does so without scripts', () =>
    inMode('no JavaScript', async (figures) => {
      const seen: string[] = [];
      await asVisitors(VISITORS, figures, async (index) => {
        const { id, page, complaints, leave } = await arrive(newId(index), undefined, { javaScriptEnabled: false });
        const own: string[] = [];
        for (const path of PAGES) {
          await page.goto(`${shop.urls.NextShop}${path}`, { waitUntil: 'load' });
          // What streams in behind Suspense is hidden without scripts.
          for (const element of await page.locator('[data-flag]').all()) {
            if (!(await element.isVisible())) continue;
            own.push(
              `${id} ${await element.getAttribute('data-flag')} ${await element.getAttribute('data-variation')}`,
            );
          }
          figures.pages += 1;
          await whenCounted(id, own);
        }
        figures.warnings += complaints.length;
        expect(complaints).toEqual([]);
        seen.push(...own);
        await leave();
      });
      expect(seen.length).toBeGreaterThanOrEqual(VISITORS * PAGES.length);
      await expectCounted(seen, figures);
    }));

  it('follows a change of the datafile while the page is open, and counts what is shown then', () =>
    inMode('datafile changed', async (figures) => {
      const movers = await findMovers(FEW_VISITORS);
      await ask(`${lab.urls.Lab}/api/events`, { method: 'DELETE' });
      const all: string[] = [];
      // A change is for everyone: those who are there at the same time see the same one.
      for (let start = 0; start < movers.length; start += AT_ONCE) {
        const group = await Promise.all(
          movers.slice(start, start + AT_ONCE).map(async (id) => ({ ...(await arrive(id)), seen: [] as string[] })),
        );
        const isTurned = (start / AT_ONCE) % 2 === 1;
        for (const { path, flagKey, ruleId, ...change } of CHANGES) {
          const [from, to] = isTurned ? [change.to, change.from] : [change.from, change.to];
          await allot(ruleId, from);
          await served(path, group[0]?.id ?? '', flagKey, from);
          const decided = (page: Page) => page.locator(`[data-flag="${flagKey}"]`).getAttribute('data-variation');
          await Promise.all(
            group.map(async ({ id, page, complaints, seen }) => {
              await page.goto(`${shop.urls.NextShop}${path}`);
              await whenHydrated(page, complaints);
              expect(await decided(page)).toBe(from);
              seen.push(...(await readDecidedContent(page)).flags.map((flag) => `${id} ${flag}`));
              // The client of the browser has its datafile by then.
              await whenCounted(id, seen);
            }),
          );
          await allot(ruleId, to);
          await Promise.all(
            group.map(async ({ id, page, seen }) => {
              await expect.poll(() => decided(page), { interval: 100 }).toBe(to);
              seen.push(`${id} ${flagKey} ${to}`);
              await whenCounted(id, seen);
              // Nothing changed but the decision that is another one.
              const { changes } = await readDecidedContent(page);
              const others = changes.filter((html) => !html.includes(`data-flag="${flagKey}"`));
              figures.pages += 1;
              figures.changes += others.length;
              expect(others).toEqual([]);
              expect(changes.length).toBeGreaterThan(0);
            }),
          );
        }
        for (const { complaints, seen, leave } of group) {
          figures.warnings += complaints.length;
          expect(complaints).toEqual([]);
          all.push(...seen);
          await leave();
        }
        say(`${figures.mode}: ${start + group.length} of ${movers.length} visitors, ${figures.pages} pages`);
      }
      await expectCounted(all, figures);
    }));

  it('sells, with the revenue of the experiment in the lab', async () => {
    const { page } = await arrive(newId(0));
    await page.goto(`${shop.urls.NextShop}/cart`);
    await page.getByRole('spinbutton').fill('3');
    await page.getByRole('button').click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    const conversions = async () => (await ask(`${lab.urls.Lab}/api/events?kind=conversion`)).json();
    await expect.poll(conversions).toMatchObject([{ eventKey: 'purchase' }]);
    const [{ revenue }] = await conversions();
    expect([7_200, 6_840]).toContain(revenue); // the express checkout gives five percent
  });
});

function formatFigures({ pages, warnings, changes, shift, seen, counted, seconds }: Figures): string {
  const content = `${warnings} warnings, ${changes} changes after paint, layout shift ${shift}`;
  return `${pages} pages, ${content}, ${seen} impressions seen, ${counted} counted, ${seconds} s`;
}

/** As it stands in the README of the shop. */
function formatTable(rows: readonly Figures[]): string {
  const head = '| mode | pages | warnings | changes after paint | layout shift | impressions seen | counted |';
  const cells = rows.map(
    ({ mode, pages, warnings, changes, shift, seen, counted }) =>
      `| ${[mode, pages, warnings, changes, shift, seen, counted].join(' | ')} |`,
  );
  return [head, '| --- | ---: | ---: | ---: | ---: | ---: | ---: |', ...cells].join('\n');
}
