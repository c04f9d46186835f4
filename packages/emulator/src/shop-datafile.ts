/**
 * The sample shop: the one project that the tour, the lab and the storefront decide from. `shop-datafile.json` names no
 * ODP host, because the server that serves it is the host.
 */
import datafile from './shop-datafile.json' with { type: 'json' };

/** The parts of the shop's datafile that code in this repository reads; the document has more. */
export interface ShopDatafile {
  readonly version: string;
  readonly revision: string;
  readonly sdkKey: string;
  readonly featureFlags: readonly {
    readonly id: string;
    readonly key: string;
    readonly experimentIds: readonly string[];
  }[];
  readonly experiments: readonly ShopRule[];
  readonly groups: readonly {
    readonly id: string;
    readonly trafficAllocation: readonly ShopTrafficRange[];
    readonly experiments: readonly ShopRule[];
  }[];
  readonly rollouts: readonly { readonly id: string; readonly experiments: readonly ShopRule[] }[];
  readonly holdouts: readonly ShopRule[];
  readonly typedAudiences: readonly { readonly id: string; readonly name: string; readonly conditions: unknown }[];
  readonly events: readonly { readonly id: string; readonly key: string }[];
  readonly integrations: readonly object[];
}

/** An experiment, a delivery or a holdout. */
export interface ShopRule {
  readonly id: string;
  readonly key: string;
  readonly status: string;
  readonly variations: readonly { readonly id: string; readonly key: string }[];
  readonly trafficAllocation: readonly ShopTrafficRange[];
  /** Present when predictions decide instead of a split. */
  readonly cmab?: object;
}

/** The end is exclusive, in 1/10,000 of the traffic. */
export interface ShopTrafficRange {
  readonly entityId: string;
  readonly endOfRange: number;
}

/** The shop without an ODP host. */
export const SHOP_DATAFILE: ShopDatafile = datafile;

/** The key that ODP requests of the shop carry. */
const ODP_API_KEY = 'lab-odp-key';

/** Returns the shop with the segments and ODP events of its users at `odpHost`, an origin such as `http://127.0.0.1:4010`. */
export function createShopDatafile(odpHost: string): ShopDatafile {
  return { ...SHOP_DATAFILE, integrations: [{ key: 'odp', host: odpHost, publicKey: ODP_API_KEY, pixelUrl: '' }] };
}

/** Experiments, in exclusion groups and outside. */
export function listExperiments({ experiments, groups }: ShopDatafile): readonly ShopRule[] {
  return [...experiments, ...groups.flatMap((group) => group.experiments)];
}

/** Entity id to its share of the traffic that is allocated at all, 0 to 1. Traffic that is not allocated is left out. */
export function sharesOf(ranges: readonly ShopTrafficRange[]): ReadonlyMap<string, number> {
  const widths = new Map<string, number>();
  let start = 0;
  for (const { entityId, endOfRange } of ranges) {
    if (entityId !== '') widths.set(entityId, (widths.get(entityId) ?? 0) + endOfRange - start);
    start = endOfRange;
  }
  const total = [...widths.values()].reduce((sum, width) => sum + width, 0);
  return new Map([...widths].map(([entityId, width]) => [entityId, total === 0 ? 0 : width / total]));
}
