/**
 * A decide call: load what is stored, decide every flag on one config, store what is new, then record.
 */
import {
  type Assignments,
  type DecideInput,
  type DecisionOutcome,
  decide,
  formatReason,
  type ProjectConfig,
  type Reason,
  setOwn,
  sharesExperiments,
} from '@sortition/core';
import {
  DISABLE_DECISION_EVENT,
  ENABLED_FLAGS_ONLY,
  EXCLUDE_VARIABLES,
  IGNORE_USER_PROFILE_SERVICE,
  INCLUDE_REASONS,
} from './decide-bits.ts';
import { describeCause } from './describe-cause.ts';
import { type DecisionCall, FlagDecision } from './flag-decision.ts';
import { isImpressionDue, recordImpression } from './impressions.ts';
import type { FreshAssignments } from './profiles/new-assignments.ts';
import type { ProfileSession } from './profiles/profile-session.ts';
import type { SaveResult } from './profiles/profiles.ts';
import type { Runtime } from './runtime.ts';
import type { Decision, Decisions } from './user-context.ts';

/** Who asks, how, and on which config. */
export interface DecideCall extends DecisionCall {
  readonly runtime: Runtime;
  readonly loaded: ProfileSession | undefined;
}

/** A call of a client that has a config. */
export type ReadyCall = DecideCall & { readonly config: ProjectConfig };

/** A flag's outcome, or `null` when evaluating it failed. */
export interface Evaluated {
  readonly flagKey: string;
  readonly outcome: DecisionOutcome | null;
  /** Absent unless asked for. */
  readonly reasons: Reason[] | undefined;
}

const NO_REASONS: readonly string[] = [];
const NO_INPUT: DecideInput = {};
const IGNORE_ASSIGNMENTS: DecideInput = { ignoreAssignments: true };

/** Decides one flag. */
export function decideFlag(call: DecideCall, flagKey: string): Decision {
  if (!isReady(call)) return notReady(call, flagKey);
  const session = openSession(call);
  const evaluated = evaluate(call, flagKey, inputOf(call, session));
  if (session === undefined || !evaluated.outcome?.assignment) return finish(call, session?.reason, evaluated);
  const fresh = new Map<string, string>();
  addAssignment(fresh, evaluated.outcome);
  const saved = call.runtime.profiles?.save(call.user, session, fresh);
  const overtaken = saved && saved.conflicts.size > 0;
  const final = overtaken ? evaluate(call, flagKey, inputOf(call, session, saved.conflicts)) : evaluated;
  return finish(call, session.reason ?? saved?.reason, final);
}

/** Decides several flags on one config, with one lookup and at most one save. */
export function decideFlags(call: DecideCall, flagKeys: Iterable<string>): Decisions {
  if (!isReady(call)) return notReadyEach(call, flagKeys);
  const session = openSession(call);
  const fresh = collectsAssignments(call, session) ? new Map<string, string>() : undefined;
  const evaluations = evaluateEach(call, flagKeys, session, fresh);
  const saved = session && fresh && fresh.size > 0 ? call.runtime.profiles?.save(call.user, session, fresh) : undefined;
  return finishAll(call, session, evaluations, saved);
}

/** Whether anybody will see the assignments a flag makes: the store, or a later flag with the same experiment. */
function collectsAssignments({ config }: ReadyCall, session: ProfileSession | undefined): boolean {
  try {
    return session !== undefined || sharesExperiments(config);
  } catch {
    return true; // what is wrong with the config is said where it is evaluated
  }
}

/**
 * Evaluates flags one after the other; each sees the assignments of those before it, which are added to `fresh`.
 *
 * @param fresh Absent when nobody will see them.
 */
export function evaluateEach(
  call: ReadyCall,
  flagKeys: Iterable<string>,
  session: ProfileSession | undefined,
  fresh: Map<string, string> | undefined,
): readonly Evaluated[] {
  const input = inputOf(call, session, fresh);
  const evaluations: Evaluated[] = [];
  for (const flagKey of flagKeys) {
    const evaluated = evaluate(call, flagKey, input);
    if (fresh) addAssignment(fresh, evaluated.outcome);
    evaluations.push(evaluated);
  }
  return evaluations;
}

/** Tells whether there is a config to decide with. */
export function isReady(call: DecideCall): call is ReadyCall {
  return call.config !== null;
}

/** Error decisions of a client without a config. */
export function notReadyEach(call: DecideCall, flagKeys: Iterable<string>): Decisions {
  const decisions: Record<string, Decision> = {};
  for (const flagKey of flagKeys) setOwn(decisions, flagKey, notReady(call, flagKey));
  return decisions;
}

/** The error decision of a client without a config. */
export function notReady(call: DecideCall, flagKey: string): Decision {
  return new FlagDecision(call, { flagKey, outcome: null }, [formatReason({ code: 'sdk-not-ready' })]);
}

/** `undefined`: no assignments are stored, or they are to be ignored. */
function openSession({ runtime, user, loaded, bits }: DecideCall): ProfileSession | undefined {
  if (runtime.profiles === null || (bits & IGNORE_USER_PROFILE_SERVICE) !== 0) return undefined;
  return runtime.profiles.open(user, loaded);
}

/** What the evaluations of a call have in common. */
export function inputOf(
  { bits }: ReadyCall,
  session: ProfileSession | undefined,
  fresh?: Assignments,
  predictions?: DecideInput['predictions'],
): DecideInput {
  const ignoreAssignments = (bits & IGNORE_USER_PROFILE_SERVICE) !== 0;
  if (session || fresh || predictions) return { fresh, stored: session?.stored, ignoreAssignments, predictions };
  return ignoreAssignments ? IGNORE_ASSIGNMENTS : NO_INPUT;
}

/** Runs the evaluator. It is total; should it fail all the same, that is a problem and an error decision, no exception. */
export function evaluate(call: ReadyCall, flagKey: string, input: DecideInput): Evaluated {
  const reasons: Reason[] | undefined = (call.bits & INCLUDE_REASONS) === 0 ? undefined : [];
  try {
    const traced = reasons === undefined ? input : { ...input, trace: { reasons } };
    return { flagKey, outcome: decide(call.config, call.user, flagKey, traced), reasons };
  } catch (cause) {
    const message = describeCause(cause);
    call.runtime.problems.report({
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
  call: ReadyCall,
  session: ProfileSession | undefined,
  evaluations: readonly Evaluated[],
  saved: SaveResult | undefined,
): Decisions {
  const lost = saved?.conflicts;
  const profileReason = session?.reason ?? saved?.reason;
  const decisions: Record<string, Decision> = {};
  const enabledOnly = (call.bits & ENABLED_FLAGS_ONLY) !== 0;
  for (const first of evaluations) {
    const overtaken = lost && lost.size > 0 && first.outcome && wasOvertaken(first.outcome, lost);
    const evaluated = overtaken ? evaluate(call, first.flagKey, inputOf(call, session, lost)) : first;
    const decision = finish(call, profileReason, evaluated);
    // Errors are answered even where only enabled flags are wanted.
    if (decision.enabled || !enabledOnly || evaluated.outcome?.status !== 'decided') {
      setOwn(decisions, first.flagKey, decision);
    }
  }
  return decisions;
}

/**
 * Builds the decision, and records what it is worth.
 *
 * @param profileReason Why stored assignments could not be read or written, if so.
 */
function finish(call: ReadyCall, profileReason: Reason | undefined, evaluated: Evaluated): Decision {
  const { runtime, bits, config, user } = call;
  const { outcome } = evaluated;
  runtime.countDecision();
  if (outcome === null || outcome.status !== 'decided')
    return new FlagDecision(call, evaluated, errorReasons(evaluated));
  const decision = new FlagDecision(call, evaluated, decidedReasons(profileReason, evaluated, bits));
  const sends = (bits & DISABLE_DECISION_EVENT) === 0 && isImpressionDue(outcome, config);
  if (sends) recordImpression(runtime, config, user, outcome);
  if (runtime.listeners.has('decision')) notify(call, decision, outcome, sends);
  return decision;
}

function notify({ runtime, user }: ReadyCall, decision: Decision, outcome: DecisionOutcome, sends: boolean): void {
  const { userContext, ...served } = decision;
  runtime.listeners.emit('decision', {
    type: 'flag',
    userId: user.userId,
    attributes: { ...user.attributes },
    decisionInfo: {
      ...served,
      decisionEventDispatched: sends,
      experimentId: outcome.rule?.id ?? null,
      variationId: outcome.variation?.id ?? null,
    },
  });
}

/** Errors say why even when reasons were not asked for. */
function errorReasons({ flagKey, reasons }: Evaluated): readonly string[] {
  return (reasons ?? [{ code: 'flag-not-found', flagKey } as const]).map(formatReason);
}

/** Variables that cannot be read are always named; the rest only when reasons were asked for. */
function decidedReasons(
  profileReason: Reason | undefined,
  { reasons, outcome }: Evaluated,
  bits: number,
): readonly string[] {
  const invalid = (bits & EXCLUDE_VARIABLES) === 0 ? (outcome?.invalidVariables ?? NO_REASONS) : NO_REASONS;
  if (reasons === undefined && invalid.length === 0) return NO_REASONS;
  const texts = reasons?.map(formatReason) ?? [];
  if (reasons && profileReason) texts.unshift(formatReason(profileReason));
  for (const variableKey of invalid) texts.push(formatReason({ code: 'variable-invalid', variableKey }));
  return texts;
}

/** Adds the assignment an outcome made, if any. */
export function addAssignment(fresh: Map<string, string>, outcome: DecisionOutcome | null): void {
  if (outcome?.assignment) fresh.set(outcome.assignment.experimentId, outcome.assignment.variationId);
}

/** Whether an outcome rests on an assignment that lost against another writer's, its own or one made earlier in the call. */
function wasOvertaken({ rule, assignment }: DecisionOutcome, lost: FreshAssignments): boolean {
  return (rule !== null && lost.has(rule.id)) || (assignment !== null && lost.has(assignment.experimentId));
}
