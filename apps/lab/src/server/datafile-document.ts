/** The parts of a datafile that the lab edits; everything else passes through as it is. */

/** A datafile as parsed JSON. */
export interface DatafileDocument {
  readonly revision: string;
  readonly featureFlags: readonly { readonly key: string; readonly experimentIds: readonly string[] }[];
  readonly experiments: readonly RuleDocument[];
  readonly groups: readonly { readonly experiments: readonly RuleDocument[] }[];
  readonly rollouts: readonly { readonly experiments: readonly RuleDocument[] }[];
  readonly holdouts: readonly RuleDocument[];
  readonly typedAudiences: readonly AudienceDocument[];
  readonly events: readonly { readonly key: string }[];
}

/** An experiment, a delivery or a holdout. */
export interface RuleDocument {
  readonly id: string;
  readonly key: string;
  status: string;
  readonly variations: readonly { readonly id: string; readonly key: string }[];
  trafficAllocation: readonly TrafficRange[];
  audienceConditions?: unknown;
  /** Present when predictions decide instead of a split. */
  readonly cmab?: { readonly attributeIds: readonly string[] };
}

/** The end is exclusive, in 1/10,000 of the traffic. */
export interface TrafficRange {
  readonly entityId: string;
  readonly endOfRange: number;
}

/** A named condition. */
export interface AudienceDocument {
  readonly id: string;
  name: string;
  conditions: unknown;
}

/** Every rule, wherever the document keeps it. */
export function listRules(document: DatafileDocument): readonly RuleDocument[] {
  const { experiments, groups, rollouts, holdouts } = document;
  return [...experiments, ...[...groups, ...rollouts].flatMap((parent) => parent.experiments), ...holdouts];
}

/** Experiments, in exclusion groups and outside. */
export function listExperiments({ experiments, groups }: DatafileDocument): readonly RuleDocument[] {
  return [...experiments, ...groups.flatMap((group) => group.experiments)];
}

/** Variation id to its share of the traffic that is allocated at all, 0 to 1. Traffic given to nobody is left out. */
export function sharesOf({ trafficAllocation }: RuleDocument): ReadonlyMap<string, number> {
  const widths = new Map<string, number>();
  let start = 0;
  for (const { entityId, endOfRange } of trafficAllocation) {
    if (entityId !== '') widths.set(entityId, (widths.get(entityId) ?? 0) + endOfRange - start);
    start = endOfRange;
  }
  const total = [...widths.values()].reduce((sum, width) => sum + width, 0);
  return new Map([...widths].map(([variationId, width]) => [variationId, total === 0 ? 0 : width / total]));
}
