/**
 * The project config: a datafile after it was validated and indexed, in the shape decisions read.
 *
 * Immutable once built; what decisions compile from it is kept outside of it.
 */

/** JSON as `JSON.parse` returns it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One piece of a traffic split; `endOfRange` is cumulative, in buckets `[0, 10_000]`, and exclusive. */
export interface TrafficRange {
  /** A variation id, or a rule id in an exclusion group; `''` keeps the range empty on purpose. */
  readonly entityId: string;
  readonly endOfRange: number;
}

/** A variation's own value for one variable of the flag. */
export interface VariableUsage {
  readonly id: string;
  /** Text; the flag's variable says how to read it. */
  readonly value: string;
}

/** A variation of a flag or rule. */
export interface Variation {
  readonly id: string;
  readonly key: string;
  /** Absent counts as `false`. */
  readonly featureEnabled?: boolean;
  readonly variables?: readonly VariableUsage[];
}

/** Contextual-bandit settings of an experiment. */
export interface CmabSettings {
  /** Ids of the attributes the prediction may see. */
  readonly attributeIds: readonly string[];
  /** Share of users that enter the experiment, in buckets `[0, 10_000]`. */
  readonly trafficAllocation: number;
}

/** One entry of a flag: an experiment, a delivery or a holdout. */
export interface Rule {
  readonly id: string;
  /** Unique only within a flag. */
  readonly key: string;
  /** Only `'Running'` serves; deliveries are served with any status. */
  readonly status: string;
  /** Campaign id of events; `null` for holdouts, which have none. */
  readonly layerId: string | null;
  readonly variations: readonly Variation[];
  readonly trafficRanges: readonly TrafficRange[];
  /** Audience ids, bare or in a tree with `and`, `or`, `not`; `undefined` or empty means everyone. */
  readonly audienceConditions: JsonValue | undefined;
  /** Whether the datafile had `audienceConditions`, which the project view shows as text, or only `audienceIds`. */
  readonly hasAudienceConditions: boolean;
  /** User id to variation key. */
  readonly allowList: ReadonlyMap<string, string> | undefined;
  /** Id of the exclusion group the rule belongs to. */
  readonly groupId: string | undefined;
  readonly cmab: CmabSettings | undefined;
}

/** Rules of which a user enters at most one, if `policy` is `'random'`. */
export interface ExclusionGroup {
  readonly id: string;
  readonly policy: string;
  readonly trafficRanges: readonly TrafficRange[];
}

/** How the text of a variable is read; unknown types are read as strings. */
export type VariableType = 'string' | 'boolean' | 'integer' | 'double' | 'json' | (string & {});

/** Typed value carried by the variations of a flag. */
export interface Variable {
  readonly id: string;
  readonly key: string;
  readonly type: VariableType;
  readonly defaultValue: string;
}

/** A named switch with rules. */
export interface Flag {
  readonly id: string;
  readonly key: string;
  /** Ids of experiment rules, first match wins. */
  readonly experimentIds: readonly string[];
  /** `''` when the flag has no deliveries. */
  readonly rolloutId: string;
  readonly variables: readonly Variable[];
}

/** A named condition over attributes and segments. */
export interface Audience {
  readonly id: string;
  readonly name: string;
  readonly conditions: JsonValue;
}

/** An attribute that events and bandits know by id. */
export interface AttributeDefinition {
  readonly id: string;
  readonly key: string;
}

/** A conversion event. */
export interface EventDefinition {
  readonly id: string;
  readonly key: string;
  readonly experimentIds: readonly string[];
}

/** The customer-data platform named by the datafile. */
export interface OdpSettings {
  readonly apiKey: string;
  /** Scheme and host, without a path. */
  readonly apiHost: string;
  readonly pixelUrl: string;
  /** Every segment that an audience uses, in the order of the datafile, without duplicates. */
  readonly segmentsToCheck: readonly string[];
}

/** Everything a decision reads. */
export interface ProjectConfig {
  readonly version: string;
  readonly accountId: string;
  readonly projectId: string;
  readonly revision: string;
  readonly sdkKey: string;
  readonly environmentKey: string;
  /** Chooses the event endpoint; `'US'` unless the datafile says otherwise. */
  readonly region: string;
  readonly anonymizeIp: boolean;
  /** `undefined`: events carry no bot-filtering attribute. */
  readonly botFiltering: boolean | undefined;
  /** Whether impressions are sent for deliveries too. */
  readonly sendFlagDecisions: boolean;
  /** By key, in the order of the decisions of `decideAll`. */
  readonly flags: ReadonlyMap<string, Flag>;
  /** Experiments, group experiments and deliveries by id. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** The experiments and group experiments among the rules, in the order of the datafile. */
  readonly experiments: readonly Rule[];
  /** Deliveries of a rollout id, the last being "Everyone Else". */
  readonly rollouts: ReadonlyMap<string, readonly Rule[]>;
  /**
   * Finds a variation by its id among all experiments, deliveries and holdouts; of several with one id the last. Only a
   * config that reads its rules when they are needed has it, so that a search does not read all rules.
   */
  readonly variations?: { get(variationId: string): Variation | undefined };
  readonly groups: ReadonlyMap<string, ExclusionGroup>;
  readonly audiences: ReadonlyMap<string, Audience>;
  /** Holdouts of every flag. */
  readonly globalHoldouts: readonly Rule[];
  /** Holdouts of single rules, by rule id. */
  readonly localHoldouts: ReadonlyMap<string, readonly Rule[]>;
  /** By key. */
  readonly attributes: ReadonlyMap<string, AttributeDefinition>;
  /** By key. */
  readonly events: ReadonlyMap<string, EventDefinition>;
  readonly odp: OdpSettings | null;
}
