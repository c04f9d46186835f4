/**
 * Made-up visitors of the shop: each is decided for by a client like any application's, and buys or does not. What
 * happens reaches the lab over HTTP.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRandom, pickCustomer } from '@sortition/emulator/shop-customers';
import { createBatchEvents, createClient, createPollingConfig, type Decision } from 'sortition';
import { LAB_KEY } from './shop-catalog.ts';

/** What to simulate. */
export interface SimulationOrder {
  /** Origin of the lab. */
  readonly url: string;
  readonly visitors: number;
  /** Equal seeds make equal visitors, with equal ids. */
  readonly seed: number;
  /** Told how many more visitors' events have arrived. */
  readonly advance: (visitors: number) => void;
  readonly signal: AbortSignal;
}

/** Visitors whose events are delivered before the next ones come: some 3,700, well below what the client's queue holds. */
const STEP = 500;
/** Events per request: each one waits for the collector's disk. */
const BATCH_SIZE = 500;
const DELIVERY_TIMEOUT_MS = 30_000;

const ADD_TO_CART_RATE = 0.35;
const PURCHASE_RATE = 0.1;
/** `flag.variation` to the factor by which it changes the rate of purchases; others change nothing. */
const EFFECTS: Readonly<Record<string, number>> = {
  'checkout.one_page': 1.15,
  'checkout.express': 1.35,
  'recommendations.personal': 1.25,
  'search_ranking.semantic': 0.9,
};

/** Rejects when events are not delivered, or when the signal ends it. */
export async function simulateVisitors({ url, visitors, seed, advance, signal }: SimulationOrder): Promise<void> {
  const client = createClient({
    config: createPollingConfig({ sdkKey: LAB_KEY, urlTemplate: `${url}/datafiles/%s.json`, updates: 'manual' }),
    events: createBatchEvents({ endpoint: `${url}/v1/events`, batchSize: BATCH_SIZE }),
    logger: false,
  });
  const random = createRandom(seed);
  const ended = endOf(signal);
  try {
    await client.ready({ timeoutMs: DELIVERY_TIMEOUT_MS, signal });
    for (let first = 0; first < visitors; first += STEP) {
      signal.throwIfAborted();
      const step = Math.min(STEP, visitors - first);
      for (let index = first; index < first + step; index += 1) {
        const user = client.createUserContext(`visitor-${seed}-${index}`, pickCustomer(random));
        const rate = PURCHASE_RATE * effectOf(Object.values(user.decideAll()));
        if (random() < ADD_TO_CART_RATE) user.trackEvent('add_to_cart');
        if (random() < rate) user.trackEvent('purchase', { revenue: 1_000 + Math.floor(random() * 14_000) });
      }
      const { dropped, pending } = await Promise.race([client.flush({ timeoutMs: DELIVERY_TIMEOUT_MS }), ended]);
      if (dropped + pending > 0) throw new Error(`${dropped + pending} events did not arrive`);
      advance(step);
      await nextTurn();
    }
  } finally {
    await client.close({ timeoutMs: 0 });
  }
}

/** Rejects when the signal says so; a delivery in flight has no signal of its own. */
function endOf(signal: AbortSignal): Promise<never> {
  const ended = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  // Nobody may be waiting when it comes.
  ended.catch(() => undefined);
  return ended;
}

function effectOf(decisions: readonly (Decision | undefined)[]): number {
  return decisions.reduce(
    (effect, decision) => effect * (EFFECTS[`${decision?.flagKey}.${decision?.variationKey}`] ?? 1),
    1,
  );
}
