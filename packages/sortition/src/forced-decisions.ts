/** Forced decisions of a context: copied on every change, so that clones and decisions keep what they were made with. */
import type { ForcedDecisions } from '@sortition/core';
import { readFields } from './read-fields.ts';

/** A flag, or one of its rules. */
export interface ForcedDecisionTarget {
  readonly flagKey: string;
  /** Absent or `null`: the flag itself. */
  readonly ruleKey?: string | null;
}

/** The variation to serve. */
export interface ForcedDecision {
  readonly variationKey: string;
}

/** Returns the map with one forced decision added or replaced, or `undefined` when target or decision are no such thing. */
export function setForced(
  forced: ForcedDecisions | null,
  target: ForcedDecisionTarget,
  decision: ForcedDecision,
): ForcedDecisions | undefined {
  const { flagKey, ruleKey } = readFields(target, 'flagKey', 'ruleKey');
  const { variationKey } = readFields(decision, 'variationKey');
  if (typeof flagKey !== 'string' || typeof variationKey !== 'string') return undefined;
  return new Map(forced).set(flagKey, new Map(forced?.get(flagKey)).set(ruleKey ?? null, variationKey));
}

/** Returns the forced decision of a target, `null` when there is none. */
export function getForced(forced: ForcedDecisions | null, target: ForcedDecisionTarget): ForcedDecision | null {
  const { flagKey, ruleKey } = readFields(target, 'flagKey', 'ruleKey');
  const variationKey = flagKey === undefined ? undefined : forced?.get(flagKey)?.get(ruleKey ?? null);
  return variationKey === undefined ? null : { variationKey };
}

/** Returns the map without one forced decision, or `undefined` when it was not there. */
export function removeForced(
  forced: ForcedDecisions | null,
  target: ForcedDecisionTarget,
): ForcedDecisions | null | undefined {
  const { flagKey, ruleKey } = readFields(target, 'flagKey', 'ruleKey');
  if (flagKey === undefined) return undefined;
  const ofFlag = new Map(forced?.get(flagKey));
  if (!ofFlag.delete(ruleKey ?? null)) return undefined;
  const left = new Map(forced);
  if (ofFlag.size > 0) left.set(flagKey, ofFlag);
  else left.delete(flagKey);
  return left.size > 0 ? left : null;
}
