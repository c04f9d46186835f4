/** Snapshots: decisions that are made on a server and passed to a browser, which then needs no datafile. */

import { SdkError } from '@sortition/core/errors';
import type { DecisionFields, ServedDecision, UnservedDecision } from './decision.ts';
import type { AnyFlags, FlagKey, FlagMap, VariablesOf, VariationKeyOf } from './typed-flags.ts';

/** A decision without user data. */
export interface SnapshotDecision {
  readonly variationKey: string | null;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ruleKey: string | null;
  readonly flagKey: string;
}

/**
 * The fields that are read from a decision; decisions of every client are assignable, whatever the types of its flags.
 */
interface DecisionLike extends Omit<SnapshotDecision, 'variables'> {
  readonly variables: object;
}

/** Plain JSON without user data. */
export interface DecisionSnapshot {
  /** Version of the format. */
  readonly version: 1;
  readonly decisions: readonly SnapshotDecision[];
}

/** A user whose decisions were made by another process. */
export interface HydratedUser<F extends FlagMap<F> = AnyFlags> {
  /** Never throws; a flag the snapshot does not have is `null` and disabled. */
  decide<K extends FlagKey<F>>(flagKey: K): HydratedDecision<F, K>;
}

/** A decision out of a snapshot. */
export type HydratedDecision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> = Pick<
  DecisionFields<K, string, unknown>,
  'flagKey' | 'ruleKey' | 'reasons'
> &
  (
    | Pick<ServedDecision<VariationKeyOf<F, K>, Readonly<VariablesOf<F, K>>, K, string, unknown>, Served>
    | Pick<UnservedDecision<Readonly<VariablesOf<F, K>>, K, string, unknown>, Served>
  );

type Served = 'variationKey' | 'enabled' | 'variables';

/**
 * Creates a snapshot from an array of decisions, or from the result of `decideAll`.
 *
 * @throws SdkError `invalid-option` for anything else, such as one decision
 */
export function createSnapshot(
  decisions: Iterable<DecisionLike> | { readonly [flagKey: string]: DecisionLike | undefined },
): DecisionSnapshot {
  if (typeof decisions !== 'object' || decisions === null) throw noDecisions();
  const list = Symbol.iterator in decisions ? [...(decisions as Iterable<DecisionLike>)] : Object.values(decisions);
  return {
    version: 1,
    decisions: list.flatMap((decision) => {
      if (!decision) return [];
      if (typeof decision.flagKey !== 'string') throw noDecisions();
      const { variationKey, enabled, variables, ruleKey, flagKey } = decision;
      return [{ variationKey, enabled, variables: variables as SnapshotDecision['variables'], ruleKey, flagKey }];
    }),
  };
}

function noDecisions(): SdkError {
  const expected = 'expected an array of decisions, or what decideAll or decideForKeys returned';
  return new SdkError('invalid-option', `The argument of createSnapshot does not hold decisions; ${expected}.`);
}

/**
 * Creates a user that returns the decisions of a snapshot; a missing or broken snapshot has no decisions.
 *
 * @throws SdkError `invalid-option` when the snapshot is still text
 */
export function createHydratedUser<F extends FlagMap<F> = AnyFlags>(
  snapshot: DecisionSnapshot | null | undefined,
): HydratedUser<F> {
  if (typeof snapshot === 'string')
    throw new SdkError('invalid-option', 'The snapshot is a string; expected JSON.parse(text).');
  // `flat`, because anything but a list becomes a list of one; a value that is not a decision has no flag key.
  const decisions = new Map([snapshot?.decisions].flat().map((decision) => [decision?.flagKey, decision]));
  const hydrated: HydratedUser = {
    decide(flagKey) {
      const decision = decisions.get(flagKey);
      return (
        decision
          ? { ...decision, reasons: [] }
          : {
              variationKey: null,
              enabled: false,
              variables: {},
              ruleKey: null,
              flagKey,
              reasons: [`No decision for flag "${flagKey}" in the snapshot.`],
            }
      ) as never;
    },
  };
  return hydrated as never;
}
