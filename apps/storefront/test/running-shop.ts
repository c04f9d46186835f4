/** A lab and a shop per test file, on free ports, and the datafile of the lab with other traffic. */
import { createLabServer, createMemoryEventStore, type LabServer, type MemoryEventStore } from '@sortition/emulator';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createStorefront, type Storefront } from '../src/index.ts';

const VIP_TEXT = 'Thank you for being with us: delivery is on the house.';

/** What tests use; filled before the first of them. */
export interface RunningShop {
  lab: LabServer;
  store: MemoryEventStore;
  shop: Storefront;
}

/** Changes to the datafile. */
export interface ShopChanges {
  readonly revision?: string;
  /** Ends of the ranges of `classic`, `one_page` and `express`, in 1/10,000. */
  readonly checkoutEnds?: readonly [number, number, number];
  readonly vipText?: string;
}

/** Starts both; the shop is ready, nobody is held out, and faults are cleared after each test. */
export function startShop(): RunningShop {
  const running = {} as RunningShop;
  beforeAll(async () => {
    running.store = createMemoryEventStore();
    running.lab = await createLabServer({ eventStore: running.store });
  });
  beforeEach(async () => {
    publish(running.lab, {});
    running.shop = await createStorefront({ labUrl: running.lab.url, logger: false });
    await waitUntilReady(running.shop);
  });
  afterEach(async () => {
    running.lab.faults.clear();
    await running.shop.close();
    running.store.clear();
  });
  afterAll(() => running.lab.close());
  return running;
}

/** Publishes the sample shop without its holdout. */
export function publish(lab: LabServer, { revision = '1', checkoutEnds, vipText }: ShopChanges): void {
  const datafile = { ...createShopDatafile(lab.url), revision, holdouts: [] };
  const experiments = datafile.experiments.map((rule) => {
    if (rule.key !== 'checkout_redesign' || checkoutEnds === undefined) return rule;
    const trafficAllocation = rule.trafficAllocation.map((range, index) => ({
      ...range,
      endOfRange: checkoutEnds[index],
    }));
    return { ...rule, trafficAllocation };
  });
  const text = JSON.stringify({ ...datafile, experiments });
  lab.datafiles.publish(
    'lab',
    vipText === undefined ? text : text.replace(VIP_TEXT, JSON.stringify(vipText).slice(1, -1)),
  );
}

/** Resolves when the shop has its datafile. */
export async function waitUntilReady({ url }: Storefront): Promise<void> {
  const endsAt = Date.now() + 30_000;
  while (Date.now() < endsAt) {
    const health = (await (await fetch(`${url}/health`)).json()) as { isReady: boolean };
    if (health.isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the shop did not get a datafile within 30 s');
}
