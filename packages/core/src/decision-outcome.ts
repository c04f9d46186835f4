/** What comes out of an evaluation. */
import type { Rule, Variation } from './project-config.ts';

/** What kind of rule decided; also the rule type of impressions. `experiment`: `decideExperiment` was asked. */
export type DecisionSource = 'feature-test' | 'rollout' | 'holdout' | 'experiment';

/** What settled a decision. */
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

/** Why there is no decision, as a stable word. The first and the last are told by clients. */
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
  readonly status: 'unserved';
  readonly assignment: Assignment | null;
}

/** The answer for one flag. It holds nothing of the user, so that users with the same answer share it. */
export interface DecisionOutcome {
  readonly status: DecisionStatus;
  /** `null` unless the status is an error. */
  readonly errorCode: DecisionErrorCode | null;
  /** `''` for experiments that were asked by their own key. */
  readonly flagKey: string;
  /** The deciding rule; `null` when the flag itself was forced or nothing matched. */
  readonly rule: Rule | null;
  /** `null` when nothing matched. */
  readonly variation: Variation | null;
  /** Those of `rule` and `variation`: decisions read nothing else of them, which are memory to be waited for. */
  readonly ruleKey: string | null;
  readonly variationKey: string | null;
  readonly source: DecisionSource;
  /** What settled it; `null` for errors. */
  readonly basis: DecisionBasis | null;
  readonly enabled: boolean;
  /** Frozen and shared by all decisions with this variation. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Keys of variables served as `null` because their text is not of their type. */
  readonly invalidVariables: readonly string[];
  /** The user was bucketed just now: worth storing. Not always of the deciding rule. */
  readonly assignment: Assignment | null;
  readonly cmabUuid: string | undefined;
}
