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

/**
 * Returns the map with one forced decision added or replaced, or `undefined` when target or decision cannot be read.
 */
export function setForced(
  forced: ForcedDecisions | null,
  target: ForcedDecisionTarget,
  decision: ForcedDecision,
): ForcedDecisions | undefined {
  const { variationKey } = readFields(decision, 'variationKey');
  return change(forced, target, (rules, key) => typeof variationKey === 'string' && rules.set(key, variationKey));
}

/** Returns the forced decision of a target, or `null`. */
export function getForced(forced: ForcedDecisions | null, target: ForcedDecisionTarget): ForcedDecision | null {
  const { flagKey, ruleKey = null } = readFields(target, 'flagKey', 'ruleKey');
  const variationKey = forced?.get(flagKey as string)?.get(ruleKey);
  return variationKey === undefined ? null : { variationKey };
}

/** Returns the map without one forced decision, or `undefined` when it was not there. */
export function removeForced(
  forced: ForcedDecisions | null,
  target: ForcedDecisionTarget,
): ForcedDecisions | undefined {
  return change(forced, target, (rules, key) => rules.delete(key));
}

/** @param act Changes the decisions of the flag; returns whether it did. */
function change(
  forced: ForcedDecisions | null,
  target: ForcedDecisionTarget,
  act: (rules: Map<string | null, string>, ruleKey: string | null) => unknown,
): ForcedDecisions | undefined {
  const { flagKey, ruleKey = null } = readFields(target, 'flagKey', 'ruleKey');
  if (typeof flagKey !== 'string') return undefined;
  const rules = new Map(forced?.get(flagKey));
  return act(rules, ruleKey) ? new Map(forced).set(flagKey, rules) : undefined;
}
