/** Forced decisions of a context: copied on every change, so that clones and decisions keep what they were made with. */
import type { ForcedDecisions } from '@sortition/core';
import { readFields } from './read-input.ts';

/** A flag, or one of its rules. */
export interface ForcedDecisionTarget<Key extends string = string> {
  readonly flagKey: Key;
  /** Absent or `null`: the flag itself. */
  readonly ruleKey?: string | null | undefined;
}

/** The variation to serve. */
export interface ForcedDecision {
  readonly variationKey: string;
}

/** Returns the map with one forced decision added or replaced, or `undefined` when target or decision are not readable. */
export function setForced(
  forced: ForcedDecisions | null,
  target: ForcedDecisionTarget,
  decision: ForcedDecision,
): ForcedDecisions | undefined {
  const { flagKey, ruleKey } = readTarget(target);
  const { variationKey } = readFields(decision, 'variationKey');
  if (typeof flagKey !== 'string' || typeof variationKey !== 'string') return undefined;
  return new Map(forced).set(flagKey, new Map(forced?.get(flagKey)).set(ruleKey, variationKey));
}

/** Returns the forced decision of a target, or `null`. */
export function getForced(forced: ForcedDecisions | null, target: ForcedDecisionTarget): ForcedDecision | null {
  const { flagKey, ruleKey } = readTarget(target);
  const variationKey = forced?.get(flagKey)?.get(ruleKey);
  return variationKey === undefined ? null : { variationKey };
}

/** Returns the map without one forced decision, or `undefined` when it was not there. */
export function removeForced(
  forced: ForcedDecisions | null,
  target: ForcedDecisionTarget,
): ForcedDecisions | undefined {
  const { flagKey, ruleKey } = readTarget(target);
  const ofFlag = new Map(forced?.get(flagKey));
  return ofFlag.delete(ruleKey) ? new Map(forced).set(flagKey, ofFlag) : undefined;
}

/** Reads a target once; a key that is not a text finds nothing. */
function readTarget(target: ForcedDecisionTarget): { readonly flagKey: string; readonly ruleKey: string | null } {
  const { flagKey, ruleKey = null } = readFields(target, 'flagKey', 'ruleKey');
  return { flagKey: flagKey as string, ruleKey };
}
