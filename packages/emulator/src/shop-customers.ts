/** Made-up customers of the sample shop, the same on every run. */

/** What the shop knows about a customer. */
export interface ShopCustomer {
  readonly plan: string;
  readonly country: string;
  readonly cart_total: number;
  readonly app_version: string;
}

const PLANS = ['guest', 'guest', 'guest', 'guest', 'guest', 'member', 'member', 'member', 'member', 'gold'];
const COUNTRIES = ['DE', 'FR', 'US', 'US', 'GB', 'JP'];
const APP_VERSIONS = ['3.0.4', '3.1', '3.2.0', '3.2.5', '4.0.0-beta.2'];

/** Deals the next customer. */
export function pickCustomer(random: () => number): ShopCustomer {
  const pick = (values: readonly string[]): string => values[Math.floor(random() * values.length)] ?? '';
  return {
    plan: pick(PLANS),
    country: pick(COUNTRIES),
    cart_total: Math.round(random() * 15_000) / 100,
    app_version: pick(APP_VERSIONS),
  };
}

/** A small linear congruential generator in [0, 1): repeatable, and good enough to deal attributes with. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
