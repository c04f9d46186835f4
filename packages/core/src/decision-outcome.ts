/** The result of an evaluation. */
import type { Rule, Variation } from './project-config.ts';

/** What kind of rule decided; also the rule type of impressions. `experiment`: from `decideExperiment`. */
export type DecisionSource = 'feature-test' | 'rollout' | 'holdout' | 'experiment';

/** The step that decided. */
export type DecisionBasis =
  /** The application forces the variation. */
  | 'forced'
  /** The datafile lists the user for the variation. */
  | 'allow-list'
  /** The user was assigned the variation before. */
  | 'sticky'
  /** The user's bucket chose among the variations of an experiment or a holdout, or a part of a delivery's traffic. */
  | 'bucket'
  /** A prediction for a contextual bandit. */
  | 'bandit'
  /** The user is in the audience of a delivery that serves all of its traffic. */
  | 'audience'
  /** A delivery without an audience that serves all of its traffic. */
  | 'everyone'
  /** No rule serves the user. */
  | 'no-rule';

/** Why there is no decision, as a stable word. The first and the last come from clients, not from the evaluator. */
export type DecisionErrorCode =
  | 'not-ready'
  | 'flag-not-found'
  | 'experiment-not-found'
  | 'cmab-failed'
  | 'evaluation-failed';

/** How an evaluation ended. */
export type DecisionStatus =
  | 'decided'
  /** The config has no such flag. */
  | 'flag-not-found'
  /** The config has no such experiment. */
  | 'experiment-not-found'
  /** A bandit's prediction could not be fetched; the flag has no decision. */
  | 'cmab-failed'
  /** A bandit's prediction is needed: fetch it for `rule` and decide again. */
  | 'cmab-needed';

/** A user was bucketed into a variation of an experiment. */
export interface Assignment {
  readonly experimentId: string;
  readonly variationId: string;
}

/**
 * A result that ends the experiment rules without a decision: the variation found belongs to a rule of another flag, so
 * this flag cannot serve it. Deliveries are next, and the assignment is still stored.
 */
export interface Unserved {
  readonly status: 'unserved';
  readonly assignment: Assignment | null;
}

/** The result for one flag. It contains no user data, so that all users with the same result share it. */
export interface DecisionOutcome {
  readonly status: DecisionStatus;
  /** `null` unless the status is an error. */
  readonly errorCode: DecisionErrorCode | null;
  /** `''` for experiments that were decided by their own key. */
  readonly flagKey: string;
  /** The deciding rule; `null` when the flag itself was forced or nothing matched. */
  readonly rule: Rule | null;
  /** `null` when nothing matched. */
  readonly variation: Variation | null;
  /** The keys of `rule` and `variation`, copied so that decisions do not have to read those objects. */
  readonly ruleKey: string | null;
  readonly variationKey: string | null;
  readonly source: DecisionSource;
  /** The step that decided; `null` for errors. */
  readonly basis: DecisionBasis | null;
  readonly enabled: boolean;
  /** Frozen and shared by all decisions with this variation. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Keys of variables served as `null` because their text is not of their type. */
  readonly invalidVariables: readonly string[];
  /** Set when the user was bucketed just now: to be stored. It may belong to another rule than the deciding one. */
  readonly assignment: Assignment | null;
  readonly cmabUuid: string | undefined;
}
