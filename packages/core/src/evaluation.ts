/** One evaluation: the data that the steps of a decision read, the result of a step, and the notes for reasons. */
import type { CompiledAudiences } from './audiences.ts';
import type { CompiledConfig, CompiledFlag, CompiledRule } from './compiled-config.ts';
import type { NodeRef } from './condition-tree.ts';
import type { DecisionOutcome, Unserved } from './decision-outcome.ts';
import type { CmabPrediction } from './ports.ts';
import type { CmabSettings, Rule, TrafficRange, Variation } from './project-config.ts';
import type { AudienceCheck, Reason, RuleReasonCode, TrafficSpan, VariationReasonCode } from './reasons.ts';
import type { Assignments, UserSnapshot } from './user.ts';

/** Optional input of a decision besides config, user and flag. Only own properties are read. */
export interface DecideInput {
  /** Assignments made earlier in the same call; they win over stored ones. */
  readonly fresh?: Assignments | undefined;
  /** Stored assignments of the user. */
  readonly stored?: Assignments | undefined;
  /** Variations an application forced in experiments: experiment id to variation id. They come before the allow-list. */
  readonly forcedVariations?: Assignments | undefined;
  /** `true`: assignments are not used, not even those of the user's attributes. */
  readonly ignoreAssignments?: boolean;
  /** Bandit predictions by rule id. Absent: bandit rules are skipped, as in synchronous decisions. */
  readonly predictions?: ReadonlyMap<string, CmabPrediction> | undefined;
  readonly trace?: Trace | undefined;
}

/** An input with every property its own, so that a polluted `Object.prototype` adds nothing. */
export type CompleteInput = Required<DecideInput>;

/** Read by every step. */
export interface Evaluation {
  readonly compiled: CompiledConfig;
  readonly user: UserSnapshot;
  readonly input: CompleteInput;
  readonly trace: Trace | undefined;
  /** The step that decides bandits; absent for callers without predictions. */
  readonly bandit: BanditStep | undefined;
}

/** Decides a rule that is a bandit, with the predictions of the input. */
export type BanditStep = (
  evaluation: Evaluation,
  flag: CompiledFlag,
  bandit: CompiledRule,
  settings: CmabSettings,
  predictions: NonNullable<DecideInput['predictions']>,
) => StepResult;

/** `undefined`: the step does not decide, and the next one runs. */
export type StepResult = DecisionOutcome | Unserved | undefined;

/**
 * Collects reasons and, for explanations, the verdict of every condition. Decisions pass a trace only when reasons are
 * wanted, so that otherwise none are built.
 */
export interface Trace {
  readonly reasons: Reason[];
  /** Absent when only reasons are wanted; see `detailedTrace`. */
  readonly details?: TraceDetails | undefined;
}

/**
 * What an explanation shows in addition to the reasons. `detailedTrace` creates it and the steps of a decision call it,
 * so that bundles without explanations do not contain its code. Applications pass it on unchanged.
 */
export interface TraceDetails {
  /** Returns the audiences that decide whether the user meets a rule, each with the deciding conditions. */
  audiences(audiences: CompiledAudiences, ref: NodeRef | null, user: UserSnapshot): readonly AudienceCheck[];
  /** Returns the traffic line of these ranges; `undefined` when the explanation has no room for it. */
  traffic(
    ranges: readonly TrafficRange[],
    findVariation: (id: string) => Variation | undefined,
  ): readonly TrafficSpan[] | undefined;
}

/** Adds a reason about a rule, if there is a trace. */
export function note({ user, trace }: Evaluation, code: RuleReasonCode, rule: Rule): undefined {
  trace?.reasons.push({ code, userId: user.userId, ruleKey: rule.key });
}

/** Adds a reason about a rule and a variation, if there is a trace. */
export function noteVariation(
  { user, trace }: Evaluation,
  code: VariationReasonCode,
  rule: Rule,
  variationKey: string,
): undefined {
  trace?.reasons.push({ code, userId: user.userId, ruleKey: rule.key, variationKey });
}
