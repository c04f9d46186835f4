/** What comes out of an evaluation. */
import type { Rule, Variation } from './project-config.ts';

/** What kind of rule decided; also the rule type of impressions. */
export type DecisionSource = 'feature-test' | 'rollout' | 'holdout';

/** How an evaluation ended. */
export type DecisionStatus =
  | 'decided'
  /** The config has no such flag. */
  | 'flag-not-found'
  /** A bandit's prediction could not be had; the flag has no decision. */
  | 'cmab-failed'
  /** A bandit's prediction is needed: fetch it for `rule` and decide again. */
  | 'cmab-needed';

/** A user was bucketed into a variation of an experiment. */
export interface Assignment {
  readonly experimentId: string;
  readonly variationId: string;
}

/**
 * An answer of the experiment rules that ends them without deciding: the variation found is that of a rule of another
 * flag, which this flag cannot serve. Deliveries are next, and the assignment is stored all the same.
 */
export interface Unserved {
  readonly unserved: true;
  readonly assignment: Assignment | null;
}

/** The answer for one flag. It holds nothing of the user, so that users with the same answer share it. */
export interface DecisionOutcome {
  readonly status: DecisionStatus;
  readonly flagKey: string;
  /** The deciding rule; `null` when the flag itself was forced or nothing matched. */
  readonly rule: Rule | null;
  /** `null` when nothing matched. */
  readonly variation: Variation | null;
  readonly source: DecisionSource;
  readonly enabled: boolean;
  /** Frozen and shared by all decisions with this variation. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Keys of variables served as `null` because their text is not of their type. */
  readonly invalidVariables: readonly string[];
  /** The user was bucketed just now: worth storing. Not always of the deciding rule. */
  readonly assignment: Assignment | null;
  readonly cmabUuid: string | undefined;
}
