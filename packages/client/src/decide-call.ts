/**
 * A decide call: load what is stored, decide every flag on one config, store what is new, then record.
 */
import type { Assignments, DecideInput, DecideOption, DecisionOutcome, ProjectConfig, Reason } from '@sortition/core';
import { decideByRules, setOwn, sharesExperiments } from '@sortition/core/internal';
import { type ClientInternals, type UserInternals, useConfigSource } from './client-internals.ts';
import {
  DISABLE_DECISION_EVENT,
  ENABLED_FLAGS_ONLY,
  EXCLUDE_VARIABLES,
  IGNORE_USER_PROFILE_SERVICE,
  INCLUDE_REASONS,
  parseDecideOptions,
} from './decide-bits.ts';
import { describeCause } from './describe-cause.ts';
import { addAssignment, type Evaluated, type EvaluateFlag } from './evaluated.ts';
import { findProblems } from './find-problems.ts';
import { type DecideSubject, type DecisionCall, FlagDecision, isImpressionDue } from './flag-decision.ts';
import type { ProfileSession } from './parts/profiles/profile-session.ts';
import type { Profiles } from './parts/profiles/profiles.ts';

/** Who asks, how, and on which config. */
export interface DecideCall extends DecisionCall {
  readonly client: ClientInternals;
  readonly loaded: ProfileSession | undefined;
}

/** Decisions by flag key. */
export interface FlagDecisions {
  readonly [flagKey: string]: FlagDecision | undefined;
}

const NO_REASONS: readonly never[] = [];
/** Spelled out, so that a polluted `Object.prototype` adds nothing. */
const NO_INPUT: DecideInput = { fresh: undefined, stored: undefined, predictions: undefined, trace: undefined };

/** Flags, which most calls decide. Bandits need predictions, for which only asynchronous calls can wait. */
const FLAG: DecideSubject = { type: 'flag', decide: decideByRules };

/** Starts a call on the config of this moment. */
export function openCall(
  inside: UserInternals,
  options: readonly DecideOption[] | undefined,
  subject: DecideSubject = FLAG,
): DecideCall {
  const { client, user, loaded } = inside;
  const { defaultBits, UserContext } = client;
  const bits = options === undefined ? defaultBits : defaultBits | parseDecideOptions(options, client);
  return { client, config: client.state.config, user, userContext: new UserContext(inside), loaded, bits, subject };
}

/** Starts a call that decides, which the config source is told. */
export function openDecideCall(
  inside: UserInternals,
  options: readonly DecideOption[] | undefined,
  subject: DecideSubject = FLAG,
): DecideCall {
  const { client } = inside;
  if (client.source.used !== undefined) useConfigSource(client, client.source, 'decision');
  return openCall(inside, options, subject);
}

/** Decides one flag. */
export function decideFlag(call: DecideCall, flagKey: string): FlagDecision {
  const profiles = profilesOf(call);
  return finish(
    call,
    profiles ? profiles.evaluateOne(call, flagKey, evaluator(call)) : evaluate(call, flagKey, inputOf(call)),
  );
}

/** Decides several flags on one config; each sees the assignments of those before. */
export function decideFlags(call: DecideCall, flagKeys: Iterable<string>): FlagDecisions {
  const profiles = profilesOf(call);
  if (profiles) return finishAll(call, profiles.evaluateAll(call, flagKeys, evaluator(call)));
  const fresh = mayShareExperiments(call.config) ? new Map<string, string>() : undefined;
  const input = inputOf(call, undefined, fresh && { ...NO_INPUT, fresh });
  const evaluations: Evaluated[] = [];
  for (const flagKey of flagKeys) {
    const evaluated = evaluate(call, flagKey, input);
    if (fresh) addAssignment(fresh, evaluated);
    evaluations.push(evaluated);
  }
  return finishAll(call, evaluations);
}

/** How a store of assignments has the flags of a call evaluated. */
export function evaluator(call: DecideCall): EvaluateFlag {
  return (flagKey, stored, fresh) =>
    evaluate(call, flagKey, inputOf(call, stored, fresh && { fresh, predictions: undefined, trace: undefined }));
}

/** Whether a later flag may see the assignment of an earlier one. */
function mayShareExperiments(config: ProjectConfig | null): boolean {
  try {
    return config !== null && sharesExperiments(config);
  } catch {
    return true; // what is wrong with the config is said where it is evaluated
  }
}

/** The profile store, unless assignments are to be ignored or there is nothing to decide with. */
export function profilesOf({ client, config, bits }: DecideCall): Profiles | undefined {
  return config === null || (bits & IGNORE_USER_PROFILE_SERVICE) !== 0 ? undefined : client.steps.profiles;
}

/** What the evaluations of a call have in common. */
export function inputOf(
  { bits }: DecideCall,
  stored?: Assignments,
  more: Pick<DecideInput, 'fresh' | 'predictions' | 'trace'> = NO_INPUT,
): DecideInput {
  const { fresh, predictions, trace } = more;
  const ignoreAssignments = (bits & IGNORE_USER_PROFILE_SERVICE) !== 0;
  if (!stored && !ignoreAssignments && more === NO_INPUT) return NO_INPUT;
  return { fresh, stored, ignoreAssignments, predictions, trace };
}

/** Runs the evaluator. It is total; should it fail all the same, that is a problem and an error decision, no exception. */
export function evaluate(call: DecideCall, flagKey: string, input: DecideInput): Evaluated {
  const { config, user, bits, client, subject } = call;
  if (config === null) return { flagKey, outcome: null, reasons: [{ code: 'sdk-not-ready' }] };
  const { trace } = input;
  if (trace === undefined && (bits & INCLUDE_REASONS) !== 0) return evaluateTraced(call, flagKey, input);
  try {
    const outcome = subject.decide(config, user, flagKey, input === NO_INPUT ? undefined : input);
    const isError = outcome.status !== 'decided' && outcome.status !== 'cmab-needed';
    return isError && !trace ? evaluateTraced(call, flagKey, input) : { flagKey, outcome, reasons: trace?.reasons };
  } catch (cause) {
    const failure = { code: 'evaluation-failed', flagKey, message: describeCause(cause) } as const;
    const text = `Evaluating ${subject.type} "${flagKey}" failed: ${failure.message}.`;
    client.problems.report({ code: failure.code, part: 'client', message: text, cause });
    return { flagKey, outcome: null, reasons: [...(trace?.reasons ?? []), failure] };
  }
}

/** The input is spelled out: spreading it costs more than the decision. */
function evaluateTraced(call: DecideCall, flagKey: string, input: DecideInput): Evaluated {
  const { fresh, stored, ignoreAssignments = false, predictions } = input;
  return evaluate(call, flagKey, { fresh, stored, ignoreAssignments, predictions, trace: { reasons: [] } });
}

/** Turns outcomes into decisions. */
export function finishAll(call: DecideCall, evaluations: Iterable<Evaluated>): FlagDecisions {
  const decisions: Record<string, FlagDecision> = {};
  const enabledOnly = (call.bits & ENABLED_FLAGS_ONLY) !== 0;
  for (const evaluated of evaluations) {
    const decision = finish(call, evaluated);
    // Errors are answered even where only enabled flags are wanted.
    if (decision.enabled || !enabledOnly || evaluated.outcome?.status !== 'decided') {
      setOwn(decisions, evaluated.flagKey, decision);
    }
  }
  return decisions;
}

/** Builds the decision, and records what it is worth. */
function finish(call: DecideCall, evaluated: Evaluated): FlagDecision {
  const { client, bits, config, user } = call;
  const { outcome, reasons } = evaluated;
  if (config !== null) {
    client.state.decisions += 1;
    if (client.state.decisions === 1) findProblems(client);
  }
  if (config === null || outcome?.status !== 'decided') {
    return new FlagDecision(call, evaluated, shown(client, reasons ?? NO_REASONS));
  }
  const decision = new FlagDecision(call, evaluated, decidedReasons(call, evaluated, outcome));
  const sends = (bits & DISABLE_DECISION_EVENT) === 0 && isImpressionDue(outcome, config);
  if (sends) client.steps.recorder?.impression(config, user, outcome);
  if (!client.state.isClosed && client.listeners.count('decision')) notify(call, decision, outcome, sends);
  return decision;
}

function notify(
  { client, user, subject }: DecideCall,
  decision: FlagDecision,
  outcome: DecisionOutcome,
  sends: boolean,
): void {
  const { userContext, ...served } = decision;
  client.listeners.emit('decision', {
    type: subject.type,
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

/** Variables that cannot be read and errors of the profile store are always named; the rest only when reasons were asked for. */
function decidedReasons(
  { client, bits }: DecideCall,
  { reasons, told }: Evaluated,
  { invalidVariables }: DecisionOutcome,
): readonly (Reason | string)[] {
  const invalid = (bits & EXCLUDE_VARIABLES) === 0 ? invalidVariables : NO_REASONS;
  if (!reasons && !told && invalid.length === 0) return NO_REASONS;
  return shown(client, [
    ...(told ? [told] : NO_REASONS),
    ...(reasons ?? NO_REASONS),
    ...invalid.map((variableKey) => ({ code: 'variable-invalid', variableKey }) as const),
  ]);
}

/** Reasons as decisions show them: as data, unless a part makes texts of them. */
function shown({ steps }: ClientInternals, reasons: readonly Reason[]): readonly (Reason | string)[] {
  const { formatReason } = steps;
  return formatReason ? reasons.map((reason) => formatReason(reason)) : reasons;
}
