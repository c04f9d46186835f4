/**
 * One evaluation under way: what the steps of a decision read, and what a step may answer.
 */
import type { CmabPrediction } from './cmab.ts';
import type { ProjectConfig, Rule, Variation } from './project-config.ts';
import type { Trace } from './trace.ts';
import type { Assignments, UserSnapshot } from './user.ts';

/** What kind of rule decided; also the rule type of impressions. */
export type DecisionSource = 'feature-test' | 'rollout' | 'holdout';

/** What a caller may hand to a decision besides config, user and flag. All of it is optional. */
export interface DecideInput {
  /** Assignments made earlier in the same call; they win over stored ones. */
  readonly fresh?: Assignments | undefined;
  /** Stored assignments of the user. */
  readonly stored?: Assignments | undefined;
  /** `true`: assignments are neither used nor reported, not even those of the user's attributes. */
  readonly ignoreAssignments?: boolean;
  /** `true`: variables stay `{}` and are not built. */
  readonly excludeVariables?: boolean;
  /** Bandit predictions by rule id. Absent: bandit rules are passed over, as synchronous decisions must. */
  readonly predictions?: ReadonlyMap<string, CmabPrediction>;
  readonly trace?: Trace | undefined;
}

/** A user was bucketed into a variation of an experiment. */
export interface Assignment {
  readonly experimentId: string;
  readonly variationId: string;
}

/** Read by every step. */
export interface Evaluation {
  readonly config: ProjectConfig;
  readonly user: UserSnapshot;
  readonly input: DecideInput;
  readonly trace: Trace | undefined;
}

/** A step's answer that decides the flag. */
export interface Match {
  /** `null` when the flag itself was forced. */
  readonly rule: Rule | null;
  readonly variation: Variation;
  readonly source: DecisionSource;
  /** The user was bucketed just now: worth storing. */
  readonly assignment?: Assignment | undefined;
  readonly cmabUuid?: string | undefined;
}

/**
 * A step's answer that ends the experiment rules without deciding: the variation it found is that of a rule of another
 * flag, which this flag cannot serve. Deliveries are next, and the assignment is stored all the same.
 */
export interface Unserved {
  readonly unserved: true;
  readonly assignment: Assignment | undefined;
}

/** A step's answer that ends the flag without a decision. */
export interface Stop {
  readonly stop: 'cmab-failed' | 'cmab-needed';
  readonly rule: Rule;
}

/** A step's answer that ends the rule: the next rule is tried. */
export const REJECTED = 'rejected';

/** `undefined`: the step has nothing to say, the next one is asked. */
export type FlagStepResult = Match | Stop | Unserved | undefined;

/** `undefined`: the step has nothing to say, the next one is asked. */
export type RuleStepResult = Match | Stop | Unserved | typeof REJECTED | undefined;
