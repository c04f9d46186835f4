/**
 * Decides every flag for every user with both datafiles, and counts the users whose decision changes, by rule and
 * reason.
 */
import { type DecisionOutcome, decide, type ProjectConfig } from '@sortition/core';
import { canonicalJson } from '../json-value.ts';
import { eachWithProgress } from '../progress.ts';
import { type SimulatedUser, toSnapshot } from '../users/simulated-users.ts';
import { explainChange, type Why } from './why.ts';

/** The decision of a flag for a user. */
export interface Served {
  /** `null` when no rule serves. */
  readonly rule: string | null;
  readonly variation: string | null;
}

/** Users with the same change for the same reason. */
export interface Move {
  readonly from: Served;
  readonly to: Served;
  readonly why: Why;
  users: number;
  /** The id of one of these users, for `sortition explain`. */
  readonly example: string;
}

/** The users of one flag. */
export interface FlagComparison {
  readonly flagKey: string;
  /** Users whose variation or on/off state changed. */
  changed: number;
  /** Users who keep their variation but get other variable values. */
  valuesChanged: number;
  /** By number of users. */
  readonly moves: readonly Move[];
}

/** The users of all flags. */
export interface DecisionComparison {
  readonly simulated: number;
  /** Users for whom at least one flag has another variation, or is switched. */
  readonly changed: number;
  /** Flags with a difference for at least one user. */
  readonly flags: readonly FlagComparison[];
}

/** Compares the decisions of users. Skips the rules of contextual bandits, which need predictions. */
export async function compareDecisions(
  before: ProjectConfig,
  after: ProjectConfig,
  users: readonly SimulatedUser[],
): Promise<DecisionComparison> {
  const flagKeys = [...new Set([...before.flags.keys(), ...after.flags.keys()])];
  const found = new Map<string, { changed: number; valuesChanged: number; moves: Map<string, Move> }>();
  const differ = createValueComparison();
  let changedUsers = 0;
  await eachWithProgress('Simulating users', users, (simulated) => {
    const user = toSnapshot(simulated);
    let isChanged = false;
    for (const flagKey of flagKeys) {
      const old = decide(before, user, flagKey);
      const now = decide(after, user, flagKey);
      const isMoved = old.variation?.key !== now.variation?.key || old.enabled !== now.enabled;
      if (!isMoved && !differ(old.variables, now.variables)) continue;
      isChanged ||= isMoved;
      const flag = found.get(flagKey) ?? { changed: 0, valuesChanged: 0, moves: new Map() };
      found.set(flagKey, flag);
      if (isMoved) flag.changed += 1;
      else flag.valuesChanged += 1;
      const [from, to] = [servedBy(old), servedBy(now)];
      const why = isMoved
        ? explainChange(flagKey, user, { config: before, outcome: old }, { config: after, outcome: now })
        : ({
            code: 'values',
            text: `the values of ${to.variation === null ? 'the defaults' : `variation "${to.variation}"`} changed`,
          } as const);
      const name = JSON.stringify([from, to, why]);
      const move = flag.moves.get(name);
      if (move === undefined) flag.moves.set(name, { from, to, why, users: 1, example: simulated.userId });
      else move.users += 1;
    }
    if (isChanged) changedUsers += 1;
  });
  const flags = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([flagKey, { changed, valuesChanged, moves }]) => ({
      flagKey,
      changed,
      valuesChanged,
      moves: [...moves.values()].sort((a, b) => b.users - a.users),
    }));
  return { simulated: users.length, changed: changedUsers, flags };
}

function servedBy({ rule, variation }: DecisionOutcome): Served {
  return { rule: rule?.key ?? null, variation: variation?.key ?? null };
}

/** All decisions of a variation share one variables object, so each pair is compared only once. */
function createValueComparison(): (before: object, after: object) => boolean {
  const known = new Map<object, Map<object, boolean>>();
  return (before, after) => {
    const pairs = known.get(before) ?? new Map<object, boolean>();
    known.set(before, pairs);
    const remembered = pairs.get(after);
    if (remembered !== undefined) return remembered;
    const differs = canonicalJson(before) !== canonicalJson(after);
    pairs.set(after, differs);
    return differs;
  };
}
