/** Differences between two SDKs, as they are handed over and written down. */
import type { Reason } from '@sortition/core';

/** What differs. */
export type DifferenceKind =
  /** Another variation, or one where the other has none. */
  | 'variation'
  /** The same variation by another rule. */
  | 'rule'
  /** The same variation, on here and off there. */
  | 'enabled'
  /** The same variation with other values. */
  | 'variables'
  /** A flag is in only one of the two results. */
  | 'missing'
  /** The result of an older call, such as `isFeatureEnabled`. */
  | 'value'
  /** The candidate failed. */
  | 'failed';

/** A decision as it is compared. */
export interface ComparedDecision {
  readonly variationKey: string | null;
  readonly enabled: boolean;
  readonly ruleKey: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One difference, as plain JSON that fits on a log line. It contains the user's id and attributes. */
export interface ShadowDifference {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: DifferenceKind;
  /** The call, such as `decide` or `isFeatureEnabled`. */
  readonly call: string;
  /** The key of the flag, or of the experiment for calls that take an experiment key. */
  readonly key: string;
  readonly userId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What the application got: a decision, or the value of an older call; absent when there was none. */
  readonly primary?: unknown;
  readonly candidate?: unknown;
  /** Of the datafiles; `null` when a client has none. Different ones explain a difference by themselves. */
  readonly primaryRevision: string | null;
  readonly candidateRevision: string | null;
  /** The steps of the candidate's decision; `formatReason` of `@sortition/core` turns a step into text. */
  readonly explanation: readonly Reason[];
  /** Of a candidate that failed. */
  readonly error?: string;
}

/** Says what differs between two decisions; `undefined` when nothing does. */
export function compareDecisions(
  primary: ComparedDecision | undefined,
  candidate: ComparedDecision | undefined,
): DifferenceKind | undefined {
  if (primary === undefined || candidate === undefined) return primary === candidate ? undefined : 'missing';
  if (primary.variationKey !== candidate.variationKey) return 'variation';
  if (primary.ruleKey !== candidate.ruleKey) return 'rule';
  if (primary.enabled !== candidate.enabled) return 'enabled';
  return isSame(primary.variables, candidate.variables) ? undefined : 'variables';
}

/** Compares values as JSON has them; the order of keys does not count. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]));
}

/** What of a decision is compared. */
export function toCompared({ variationKey, enabled, ruleKey, variables }: ComparedDecision): ComparedDecision {
  return { variationKey, enabled, ruleKey, variables };
}
