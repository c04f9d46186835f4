/** Snapshots: decisions made on a server, handed to a browser that then needs no datafile. */

import { SdkError } from '@sortition/core/errors';
import type { DecisionFields, ServedDecision, UnservedDecision } from './decision.ts';
import type { AnyFlags, FlagKey, FlagMap, VariablesOf, VariationKeyOf } from './typed-flags.ts';

/** What a decision leaves when user data is taken away. */
export interface SnapshotDecision {
  readonly variationKey: string | null;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ruleKey: string | null;
  readonly flagKey: string;
}

/** What is read of a decision; those of every client fit, however its flags are described. */
interface DecisionLike extends Omit<SnapshotDecision, 'variables'> {
  readonly variables: object;
}

/** Plain JSON without user data. */
export interface DecisionSnapshot {
  /** Of the format. */
  readonly version: 1;
  readonly decisions: readonly SnapshotDecision[];
}

/** A user whose decisions were made elsewhere. */
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
 * Takes what a page needs out of decisions: an array of them, or what `decideAll` returned.
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
 * Answers decisions from a snapshot; one that did not make it into the page, or is broken, has no decisions.
 *
 * @throws SdkError `invalid-option` when the snapshot is still text
 */
export function createHydratedUser<F extends FlagMap<F> = AnyFlags>(
  snapshot: DecisionSnapshot | null | undefined,
): HydratedUser<F> {
  if (typeof snapshot === 'string')
    throw new SdkError('invalid-option', 'The snapshot is a string; expected JSON.parse(text).');
  // Flat, because anything but a list becomes a list of one; what is not a decision has no flag key.
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
