/** Snapshots: decisions made on a server, handed to a browser that then needs no datafile. */

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
export interface HydratedUser {
  /** Never throws; a flag the snapshot does not have is `null` and disabled. */
  decide(flagKey: string): SnapshotDecision & { readonly reasons: readonly string[] };
}

/** Takes what a page needs out of decisions: an array of them, or what `decideAll` returned. */
export function createSnapshot(
  decisions: Iterable<DecisionLike> | { readonly [flagKey: string]: DecisionLike | undefined },
): DecisionSnapshot {
  const list = Symbol.iterator in decisions ? [...(decisions as Iterable<DecisionLike>)] : Object.values(decisions);
  return {
    version: 1,
    decisions: list.flatMap((decision) => {
      if (!decision) return [];
      const { variationKey, enabled, variables, ruleKey, flagKey } = decision;
      return [{ variationKey, enabled, variables: variables as SnapshotDecision['variables'], ruleKey, flagKey }];
    }),
  };
}

/** Answers decisions from a snapshot; one that did not make it into the page, or is none, has no decisions. */
export function createHydratedUser(snapshot: DecisionSnapshot | null | undefined): HydratedUser {
  // Flat, because what came instead of a list is then a list of one; what is no decision has no flag key.
  const decisions = new Map([snapshot?.decisions].flat().map((decision) => [decision?.flagKey, decision]));
  return {
    decide(flagKey) {
      const decision = decisions.get(flagKey);
      return {
        ...(decision ?? { variationKey: null, enabled: false, variables: {}, ruleKey: null, flagKey }),
        reasons: decision ? [] : [`No decision for flag "${flagKey}" in the snapshot.`],
      };
    },
  };
}
