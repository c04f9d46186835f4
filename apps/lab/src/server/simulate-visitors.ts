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

/** Visitors whose events are delivered before the next ones come. */
const STEP = 500;
/** A step ends early at this many events, however many flags each visitor sees. */
const STEP_EVENTS = 5_000;
/** One visitor of a project with very many flags may exceed a step. */
const QUEUE_SIZE = 100_000;
/** Events per request: each one waits for the collector's disk. */
const BATCH_SIZE = 500;
const DELIVERY_TIMEOUT_MS = 10_000;

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
    events: createBatchEvents({ endpoint: `${url}/v1/events`, batchSize: BATCH_SIZE, maxQueueSize: QUEUE_SIZE }),
    logger: false,
  });
  const random = createRandom(seed);
  const ended = endOf(signal);
  try {
    await client.ready({ timeoutMs: DELIVERY_TIMEOUT_MS, signal });
    const known = new Set(client.getProjectInfo()?.events.map(({ key }) => key));
    for (let first = 0; first < visitors; ) {
      signal.throwIfAborted();
      let step = 0;
      for (let events = 0; step < STEP && events < STEP_EVENTS && first + step < visitors; step += 1) {
        const user = client.createUserContext(`visitor-${seed}-${first + step}`, pickCustomer(random));
        const decisions = Object.values(user.decideAll());
        const rate = PURCHASE_RATE * effectOf(decisions);
        // Drawn in any case: equal seeds make equal visitors.
        const [fills, buys, cents] = [random() < ADD_TO_CART_RATE, random() < rate, Math.floor(random() * 14_000)];
        if (fills && known.has('add_to_cart')) user.trackEvent('add_to_cart');
        if (buys && known.has('purchase')) user.trackEvent('purchase', { revenue: 1_000 + cents });
        events += decisions.length + 2;
      }
      first += step;
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
