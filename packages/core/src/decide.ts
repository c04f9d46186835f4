/**
 * The decision for one flag and one user: a list of small steps asked in order, over plain data.
 *
 * Pure and synchronous: no clock, no network, no store. Whoever calls brings what must be loaded and records what comes
 * out.
 */
import { type CompiledFlag, compiledFlag } from './compiled-config.ts';
import type { Assignment, DecideInput, DecisionSource, Evaluation, FlagStepResult, Match } from './evaluation.ts';
import type { ProjectConfig, Rule, Variation } from './project-config.ts';
import { experimentRules } from './steps/experiment-rules.ts';
import { findForcedVariation } from './steps/forced-decision.ts';
import { findHoldout } from './steps/holdouts.ts';
import { rolloutRules } from './steps/rollout-rules.ts';
import type { UserSnapshot } from './user.ts';
import { buildServedVariation, NO_VARIABLES, type ServedVariation } from './variables.ts';

/** How an evaluation ended. */
export type DecisionStatus =
  | 'decided'
  /** The config has no such flag. */
  | 'flag-not-found'
  /** A bandit's prediction could not be had; the flag has no decision. */
  | 'cmab-failed'
  /** A bandit's prediction is needed: fetch it for `rule` and decide again. */
  | 'cmab-needed';

/** What came out of an evaluation. */
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

type FlagStep = (evaluation: Evaluation, flag: CompiledFlag) => FlagStepResult;

/** The precedence within a flag. */
const FLAG_STEPS: readonly FlagStep[] = [forcedByApplication, heldOut, experimentRules, rolloutRules];

const NO_INPUT: DecideInput = {};
const NO_KEYS: readonly string[] = [];

/** Decides a flag for a user. Never throws on any config that `parseDatafile` accepted. */
export function decide(
  config: ProjectConfig,
  user: UserSnapshot,
  flagKey: string,
  input: DecideInput = NO_INPUT,
): DecisionOutcome {
  const { trace } = input;
  const flag = compiledFlag(config, flagKey);
  if (flag === undefined) {
    trace?.reasons.push({ code: 'flag-not-found', flagKey });
    return undecided('flag-not-found', flagKey, null);
  }
  const evaluation: Evaluation = { config, user, input, trace };
  let assignment: Assignment | null = null;
  let match: Match | undefined;
  for (const step of FLAG_STEPS) {
    const result = step(evaluation, flag);
    if (result === undefined) continue;
    if ('stop' in result) return undecided(result.stop, flagKey, result.rule);
    if (result.assignment !== undefined) assignment = result.assignment;
    if ('unserved' in result) continue;
    match = result;
    break;
  }
  const variation = match?.variation ?? null;
  const served = serve(flag, variation);
  return {
    status: 'decided',
    flagKey,
    rule: match?.rule ?? null,
    variation,
    source: match?.source ?? 'rollout',
    enabled: served.enabled,
    variables: input.excludeVariables ? NO_VARIABLES : served.variables,
    invalidVariables: input.excludeVariables ? NO_KEYS : served.invalidVariables,
    assignment,
    cmabUuid: match?.cmabUuid,
  };
}

function forcedByApplication(evaluation: Evaluation, flag: CompiledFlag): FlagStepResult {
  if (evaluation.user.forcedDecisions === null) return undefined;
  const variation = findForcedVariation(evaluation, flag, null);
  return variation && { rule: null, variation, source: 'feature-test' };
}

function heldOut(evaluation: Evaluation, flag: CompiledFlag): FlagStepResult {
  return flag.globalHoldouts.length === 0 ? undefined : findHoldout(evaluation, flag.globalHoldouts);
}

function serve(flag: CompiledFlag, variation: Variation | null): ServedVariation {
  let served = flag.served.get(variation);
  if (served === undefined) {
    served = buildServedVariation(flag.flag, variation);
    flag.served.set(variation, served);
  }
  return served;
}

function undecided(status: DecisionStatus, flagKey: string, rule: Rule | null): DecisionOutcome {
  return {
    status,
    flagKey,
    rule,
    variation: null,
    source: 'rollout',
    enabled: false,
    variables: NO_VARIABLES,
    invalidVariables: NO_KEYS,
    assignment: null,
    cmabUuid: undefined,
  };
}
