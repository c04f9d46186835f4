/**
 * A decide call: load what is stored, decide every flag on one config, store what is new, then record.
 */
import type { DecideOption, DecisionOutcome, Reason, Trace } from '@sortition/core';
import {
  type CompleteInput,
  decideByRules,
  NO_INPUT,
  setOwn,
  sharesExperiments,
  tryPart,
} from '@sortition/core/internal';
import { type ClientInternals, callHooks, type UserInternals, useConfigSource } from './client-internals.ts';
import {
  DISABLE_DECISION_EVENT,
  ENABLED_FLAGS_ONLY,
  EXCLUDE_VARIABLES,
  IGNORE_USER_PROFILE_SERVICE,
  INCLUDE_REASONS,
  parseDecideOptions,
} from './decide-bits.ts';
import { type Evaluated, type EvaluateFlag, evaluateInTurn } from './evaluated.ts';
import { type DecideSubject, type DecisionCall, FlagDecision, isImpressionDue } from './flag-decision.ts';
import type { ProfileSession } from './parts/profiles/profile-session.ts';
import type { Profiles } from './parts/profiles/profiles.ts';
import { describeCause, toKey } from './read-input.ts';

/** The user, options and config of a call. */
export interface DecideCall extends DecisionCall {
  readonly client: ClientInternals;
  readonly loaded: ProfileSession | undefined;
}

/** Decisions by flag key. */
export interface FlagDecisions {
  readonly [flagKey: string]: FlagDecision | undefined;
}

/** Shared by all decisions without reasons. */
const NO_REASONS: readonly never[] = Object.freeze([]);

/** Flags, without bandits: those need predictions, for which only asynchronous calls can wait. */
const FLAG: DecideSubject = { type: 'flag', decide: decideByRules };

/** Starts a call on the current config. */
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

/** Starts a call that makes decisions, and notifies the config source. */
export function openDecideCall(
  inside: UserInternals,
  options: readonly DecideOption[] | undefined,
  subject?: DecideSubject,
): DecideCall {
  useConfigSource(inside.client, 'decision');
  return openCall(inside, options, subject);
}

/** Decides one flag, whatever its key is. */
export function decideFlag(call: DecideCall, key: unknown): FlagDecision {
  const flagKey = toKey(key);
  const profiles = profilesOf(call);
  return finish(call, profiles ? profiles.evaluateOne(call, flagKey, evaluator(call)) : evaluate(call, flagKey));
}

/** Decides several flags on one config; each uses the assignments of the flags before it. */
export function decideFlags(call: DecideCall, flagKeys: Iterable<string>): FlagDecisions {
  const profiles = profilesOf(call);
  const evaluations = profiles
    ? profiles.evaluateAll(call, flagKeys, evaluator(call))
    : evaluateUnstored(call, flagKeys);
  return finishAll(call, evaluations);
}

/** Evaluates several flags without stored assignments. */
export function evaluateUnstored(call: DecideCall, flagKeys: Iterable<string>): readonly Evaluated[] {
  const { config } = call;
  // Assignments are only tracked if a flag can use the assignment of another. A config that cannot be searched has
  // errors anyway.
  const mayShare = config !== null && tryPart(() => sharesExperiments(config));
  const fresh = mayShare ? new Map<string, string>() : undefined;
  const input = fresh && { ...NO_INPUT, fresh };
  return evaluateInTurn(flagKeys, fresh, (flagKey) => evaluate(call, flagKey, input));
}

/** Returns the function with which a profile store evaluates the flags of a call. */
export function evaluator(call: DecideCall): EvaluateFlag {
  return (flagKey, stored, fresh) =>
    evaluate(call, flagKey, {
      fresh,
      stored,
      forcedVariations: undefined,
      ignoreAssignments: false,
      predictions: undefined,
      trace: undefined,
    });
}

/** The profile store, unless assignments are to be ignored or there is nothing to decide with. */
export function profilesOf({ client, config, bits }: DecideCall): Profiles | undefined {
  return config === null || (bits & IGNORE_USER_PROFILE_SERVICE) !== 0 ? undefined : client.steps.profiles;
}

/**
 * Runs the evaluator. It should never throw; if it does, the result is a problem and an error decision, not an
 * exception.
 *
 * @param given What is known besides the options of the call.
 */
export function evaluate(call: DecideCall, flagKey: string, given: CompleteInput = NO_INPUT): Evaluated {
  const { config, user, bits, client, subject } = call;
  if (config === null) return { flagKey, outcome: null, reasons: [{ code: 'sdk-not-ready' }] };
  const trace: Trace | undefined = given.trace ?? ((bits & INCLUDE_REASONS) === 0 ? undefined : { reasons: [] });
  const ignoreAssignments = (bits & IGNORE_USER_PROFILE_SERVICE) !== 0;
  let input = given;
  if (ignoreAssignments || trace !== given.trace) {
    // Written field by field: an object literal that begins with a spread is many times slower to create.
    const { fresh, stored, forcedVariations, predictions } = given;
    input = { fresh, stored, forcedVariations, ignoreAssignments, predictions, trace };
  }
  try {
    const outcome = subject.decide(config, user, flagKey, input);
    const { status } = outcome;
    if (trace || status === 'decided' || status === 'cmab-needed') return { flagKey, outcome, reasons: trace?.reasons };
    // Errors always say why.
    return evaluate(call, flagKey, { ...given, trace: { reasons: [] } });
  } catch (cause) {
    const failure = { code: 'evaluation-failed', flagKey, message: describeCause(cause) } as const;
    const text = `Evaluating ${subject.type} "${flagKey}" failed: ${failure.message}.`;
    client.problems.report({ code: failure.code, part: 'client', message: text, cause });
    return { flagKey, outcome: null, reasons: [...(trace?.reasons ?? NO_REASONS), failure] };
  }
}

/** Turns outcomes into decisions. */
export function finishAll(call: DecideCall, evaluations: Iterable<Evaluated>): FlagDecisions {
  const decisions: Record<string, FlagDecision> = {};
  finishEach(call, evaluations, (decision, flagKey) => setOwn(decisions, flagKey, decision));
  return decisions;
}

/** Passes on the decisions that the call returns, in their order. */
export function finishEach(
  call: DecideCall,
  evaluations: Iterable<Evaluated>,
  take: (decision: FlagDecision, flagKey: string) => void,
): void {
  const enabledOnly = (call.bits & ENABLED_FLAGS_ONLY) !== 0;
  for (const evaluated of evaluations) {
    const decision = finish(call, evaluated);
    // Errors are returned even if only enabled flags are wanted.
    if (decision.enabled || !enabledOnly || evaluated.outcome?.status !== 'decided') {
      take(decision, evaluated.flagKey);
    }
  }
}

/** Builds the decision, records its impression and notifies listeners. */
function finish(call: DecideCall, evaluated: Evaluated): FlagDecision {
  const { client, bits, config, user } = call;
  const { outcome } = evaluated;
  const decision = new FlagDecision(call, evaluated, reasonsOf(call, evaluated));
  if (config === null) return decision;
  client.state.decisions += 1;
  if (client.state.decisions === 1) callHooks(client, client.hooks, 'decided');
  if (outcome?.status !== 'decided') return decision;
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

/**
 * Reasons as decisions show them: as data, unless a part turns them into texts. Errors, including those of the profile
 * store, and variables that cannot be read are always included; the rest only with INCLUDE_REASONS.
 */
function reasonsOf({ client, bits }: DecideCall, { outcome, reasons, told }: Evaluated): readonly (Reason | string)[] {
  const invalid = outcome === null || (bits & EXCLUDE_VARIABLES) !== 0 ? NO_REASONS : outcome.invalidVariables;
  if (!told && !reasons && invalid.length === 0) return NO_REASONS;
  const all: readonly Reason[] = [
    ...(told ? [told] : NO_REASONS),
    ...(reasons ?? NO_REASONS),
    ...invalid.map((variableKey) => ({ code: 'variable-invalid', variableKey }) as const),
  ];
  const { formatReason } = client.steps;
  return formatReason ? all.map((reason) => formatReason(reason)) : all;
}
