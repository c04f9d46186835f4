/** The datafile as the lab publishes it: the parts this page reads, in the datafile's own spelling. */

/** Audience conditions: an operator followed by operands, a leaf condition, or the id of an audience. */
export type ConditionTree = string | Condition | readonly ConditionTree[];

/** A leaf condition about an attribute or, with type `third_party_dimension`, about a segment. */
export interface Condition {
  readonly type: string;
  readonly name: string;
  readonly match?: string;
  readonly value?: unknown;
}

/** Buckets up to `endOfRange`, exclusive, belong to the entity. */
export interface TrafficRange {
  readonly entityId: string;
  readonly endOfRange: number;
}

export interface WireVariation {
  readonly id: string;
  readonly key: string;
  readonly featureEnabled?: boolean;
  readonly variables?: readonly { readonly id: string; readonly value: string }[];
}

export interface WireRule {
  readonly id: string;
  readonly key: string;
  readonly status?: string;
  readonly audienceIds?: readonly string[];
  readonly audienceConditions?: ConditionTree;
  readonly forcedVariations?: Readonly<Record<string, string>>;
  readonly variations: readonly WireVariation[];
  readonly trafficAllocation?: readonly TrafficRange[];
  readonly cmab?: { readonly trafficAllocation?: number };
}

export interface WireVariable {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly subType?: string;
  readonly defaultValue: string;
}

export interface WireFlag {
  readonly id: string;
  readonly key: string;
  readonly experimentIds: readonly string[];
  readonly rolloutId: string;
  readonly variables: readonly WireVariable[];
}

export interface WireAudience {
  readonly id: string;
  readonly name: string;
  /** Text holds the same as JSON. */
  readonly conditions: ConditionTree;
}

export interface WireGroup {
  readonly id: string;
  readonly trafficAllocation: readonly TrafficRange[];
  readonly experiments: readonly WireRule[];
}

export interface WireDatafile {
  readonly revision: string;
  readonly sdkKey?: string;
  readonly environmentKey?: string;
  readonly featureFlags: readonly WireFlag[];
  readonly experiments: readonly WireRule[];
  readonly groups?: readonly WireGroup[];
  readonly rollouts: readonly { readonly id: string; readonly experiments: readonly WireRule[] }[];
  readonly holdouts?: readonly WireRule[];
  readonly audiences?: readonly WireAudience[];
  readonly typedAudiences?: readonly WireAudience[];
  readonly attributes: readonly { readonly id: string; readonly key: string }[];
  readonly events: readonly { readonly id: string; readonly key: string }[];
}
