/**
 * A decide call: load what is stored, decide every flag on one config, store what is new, then record.
 */
import {
  type Assignment,
  type Assignments,
  type DecideInput,
  type DecisionOutcome,
  decide,
  formatReason,
  type ProjectConfig,
  type Reason,
  setOwn,
  type UserSnapshot,
} from '@sortition/core';
import { ENABLED_FLAGS_ONLY, EXCLUDE_VARIABLES, IGNORE_USER_PROFILE_SERVICE, INCLUDE_REASONS } from './decide-bits.ts';
import { describeCause } from './describe-cause.ts';
import { FlagDecision } from './flag-decision.ts';
import { buildImpression, isImpressionDue } from './impressions.ts';
import type { ProfileSession } from './profiles/profile-session.ts';
import type { SaveResult } from './profiles/profiles.ts';
import type { Runtime } from './runtime.ts';
import type { Decision, Decisions, UserContext } from './user-context.ts';

/** Who asks, and how. */
export interface DecideCall {
  readonly runtime: Runtime;
  readonly user: UserSnapshot;
  /** The context as it is now, for the decisions to carry. */
  readonly userContext: UserContext;
  readonly loaded: ProfileSession | undefined;
  readonly bits: number;
}

/** A flag's outcome, or `null` when evaluating it failed. */
export interface Evaluated {
  readonly flagKey: string;
  readonly outcome: DecisionOutcome | null;
  /** Absent unless asked for. */
  readonly reasons: Reason[] | undefined;
}

const NO_REASONS: readonly string[] = [];

/** Decides one flag. */
export function decideFlag(call: DecideCall, flagKey: string): Decision {
  const { runtime, user } = call;
  const config = runtime.currentConfig();
  if (config === null) return notReady(call, flagKey);
  const session = openSession(call);
  let evaluated = evaluate(call, config, session, flagKey, undefined);
  const assignment = evaluated.outcome?.assignment;
  if (!assignment || !session || !runtime.profiles) return finish(call, config, session?.reason, evaluated);
  const { conflicts, reason } = runtime.profiles.save(user, session, freshAssignments(assignment));
  if (conflicts.size > 0) evaluated = evaluate(call, config, session, flagKey, conflicts);
  return finish(call, config, session.reason ?? reason, evaluated);
}

/** Decides several flags on one config, with one lookup and at most one save. */
export function decideFlags(call: DecideCall, flagKeys: Iterable<string>): Decisions {
  const { runtime, user } = call;
  const config = runtime.currentConfig();
  if (config === null) return notReadyEach(call, flagKeys);
  const session = openSession(call);
  const fresh = new Map<string, string>();
  const evaluations: Evaluated[] = [];
  for (const flagKey of flagKeys) {
    const evaluated = evaluate(call, config, session, flagKey, fresh);
    addAssignment(fresh, evaluated.outcome);
    evaluations.push(evaluated);
  }
  const saved = fresh.size > 0 && session && runtime.profiles?.save(user, session, fresh);
  return finishAll(call, config, session, evaluations, saved || undefined);
}

/** Error decisions of a client without a config. */
export function notReadyEach(call: DecideCall, flagKeys: Iterable<string>): Decisions {
  const decisions: Record<string, Decision> = {};
  for (const flagKey of flagKeys) setOwn(decisions, flagKey, notReady(call, flagKey));
  return decisions;
}

/** The error decision of a client without a config. */
export function notReady({ userContext }: DecideCall, flagKey: string): Decision {
  return new FlagDecision(flagKey, userContext, [formatReason({ code: 'sdk-not-ready' })], null);
}

function openSession({ runtime, user, loaded, bits }: DecideCall): ProfileSession | undefined {
  if (runtime.profiles === null || (bits & IGNORE_USER_PROFILE_SERVICE) !== 0) return undefined;
  return runtime.profiles.open(user, loaded);
}

/** Runs the evaluator. It is total; should it fail all the same, that is a problem and an error decision, no exception. */
export function evaluate(
  { runtime, user, bits }: DecideCall,
  config: ProjectConfig,
  session: ProfileSession | undefined,
  flagKey: string,
  fresh: Assignments | undefined,
  predictions?: DecideInput['predictions'],
): Evaluated {
  const reasons: Reason[] | undefined = (bits & INCLUDE_REASONS) === 0 ? undefined : [];
  try {
    const input: DecideInput = {
      fresh,
      stored: session?.stored,
      ignoreAssignments: (bits & IGNORE_USER_PROFILE_SERVICE) !== 0,
      excludeVariables: (bits & EXCLUDE_VARIABLES) !== 0,
      ...(predictions && { predictions }),
      trace: reasons && { reasons },
    };
    return { flagKey, outcome: decide(config, user, flagKey, input), reasons };
  } catch (cause) {
    const message = describeCause(cause);
    runtime.problems.report({
      code: 'evaluation-failed',
      part: 'client',
      message: `Evaluating flag "${flagKey}" failed: ${message}.`,
      cause,
    });
    return { flagKey, outcome: null, reasons: [{ code: 'evaluation-failed', flagKey, message }] };
  }
}

/**
 * Turns outcomes into decisions; flags whose assignment another writer made first are decided again with theirs.
 *
 * @param saved What became of new assignments; absent when there were none.
 */
export function finishAll(
  call: DecideCall,
  config: ProjectConfig,
  session: ProfileSession | undefined,
  evaluations: readonly Evaluated[],
  saved: SaveResult | undefined,
): Decisions {
  const lost = saved?.conflicts;
  const decisions: Record<string, Decision> = {};
  for (const first of evaluations) {
    const { outcome, flagKey } = first;
    const overtaken = lost && lost.size > 0 && outcome && wasOvertaken(outcome, lost);
    const evaluated = overtaken ? evaluate(call, config, session, flagKey, lost) : first;
    const wanted =
      (call.bits & ENABLED_FLAGS_ONLY) === 0 || evaluated.outcome?.status !== 'decided' || evaluated.outcome.enabled;
    const decision = finish(call, config, session?.reason ?? saved?.reason, evaluated);
    if (wanted) setOwn(decisions, flagKey, decision);
  }
  return decisions;
}

/**
 * Builds the decision, and records what it is worth.
 *
 * @param profileReason Why stored assignments could not be read or written, if so.
 */
export function finish(
  { runtime, user, userContext, bits }: DecideCall,
  config: ProjectConfig,
  profileReason: Reason | undefined,
  evaluated: Evaluated,
): Decision {
  runtime.countDecision();
  const { flagKey, outcome } = evaluated;
  if (outcome === null || outcome.status !== 'decided') {
    return new FlagDecision(flagKey, userContext, errorReasons(evaluated), null);
  }
  const origin = { config, user, outcome };
  const reasons = decidedReasons(profileReason, evaluated, outcome);
  const decision = new FlagDecision(flagKey, userContext, reasons, origin);
  const due = isImpressionDue(outcome, config.sendFlagDecisions, bits);
  if (due && runtime.mayRecord()) {
    runtime.record(buildImpression(origin, runtime.clientName, runtime.clientVersion));
  }
  if (runtime.listeners.has('decision')) notify(runtime, user, decision, outcome, due);
  return decision;
}

function notify(
  runtime: Runtime,
  user: UserSnapshot,
  decision: Decision,
  outcome: DecisionOutcome,
  due: boolean,
): void {
  const { flagKey, enabled, variationKey, ruleKey, variables, reasons } = decision;
  runtime.listeners.emit('decision', {
    type: 'flag',
    userId: user.userId,
    attributes: user.attributes,
    decisionInfo: {
      flagKey,
      enabled,
      variationKey,
      ruleKey,
      variables,
      reasons,
      decisionEventDispatched: due,
      experimentId: outcome.rule?.id ?? null,
      variationId: outcome.variation?.id ?? null,
    },
  });
}

/** Errors say why even when reasons were not asked for. */
function errorReasons({ flagKey, reasons }: Evaluated): readonly string[] {
  return (reasons ?? [{ code: 'flag-not-found', flagKey } as const]).map(formatReason);
}

function decidedReasons(
  profileReason: Reason | undefined,
  { reasons }: Evaluated,
  { invalidVariables }: DecisionOutcome,
): readonly string[] {
  if (reasons === undefined && invalidVariables.length === 0) return NO_REASONS;
  const texts = reasons === undefined ? [] : reasons.map(formatReason);
  if (reasons !== undefined && profileReason) texts.unshift(formatReason(profileReason));
  for (const variableKey of invalidVariables) texts.push(formatReason({ code: 'variable-invalid', variableKey }));
  return texts;
}

/** Adds the assignment an outcome made, if any. */
export function addAssignment(fresh: Map<string, string>, outcome: DecisionOutcome | null): void {
  if (outcome?.assignment) fresh.set(outcome.assignment.experimentId, outcome.assignment.variationId);
}

function freshAssignments({ experimentId, variationId }: Assignment): ReadonlyMap<string, string> {
  return new Map([[experimentId, variationId]]);
}

/** Whether an outcome rests on an assignment that lost against another writer's, its own or one made earlier in the call. */
function wasOvertaken({ rule, assignment }: DecisionOutcome, lost: ReadonlyMap<string, string>): boolean {
  return (rule !== null && lost.has(rule.id)) || (assignment !== null && lost.has(assignment.experimentId));
}
