/** The types of decisions: two cases, distinguished by `variationKey`. */
import type { Attributes } from '@sortition/core';

/** A decision, by the types of its fields. */
export type DecisionShape<VariationKey extends string, Variables, Key extends string, R, User> =
  | ServedDecision<VariationKey, Variables, Key, R, User>
  | UnservedDecision<Variables, Key, R, User>;

/** A decision that serves a variation. */
export interface ServedDecision<VariationKey extends string, Variables, Key extends string, R, User>
  extends DecisionFields<Key, R, User> {
  readonly variationKey: VariationKey;
  readonly enabled: boolean;
  /** Frozen and shared by all decisions with this variation; `{}` when they were excluded. */
  readonly variables: Variables;
}

/** A decision without a variation: an error, or a user whom no rule serves. */
export interface UnservedDecision<Variables, Key extends string, R, User> extends DecisionFields<Key, R, User> {
  readonly variationKey: null;
  readonly enabled: false;
  /** The flag's defaults when no rule serves the user; `{}` for an error, or when they were excluded. */
  readonly variables: Readonly<Partial<Variables>>;
}

/** The fields of every decision. */
export interface DecisionFields<Key extends string, R, User> {
  /** Key of the deciding rule; `null` when the flag itself was forced or nothing matched. */
  readonly ruleKey: string | null;
  readonly flagKey: Key;
  /** The user as they were when the decision was made. */
  readonly userContext: User;
  /** Empty without INCLUDE_REASONS, except for errors and variables that cannot be read. */
  readonly reasons: readonly R[];
  /** Plain data for `JSON.stringify`, `structuredClone` and `postMessage`. */
  toJSON(): DecisionJson<R>;
}

/** A decision as plain data. */
export interface DecisionJson<R = string> {
  variationKey: string | null;
  enabled: boolean;
  variables: Readonly<Record<string, unknown>>;
  ruleKey: string | null;
  flagKey: string;
  userContext: { userId: string; attributes: Attributes };
  reasons: readonly R[];
}
