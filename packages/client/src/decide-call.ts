/**
 * A decide call: load what is stored, decide every flag on one config, store what is new, then record.
 */
import type { DecideInput, DecideOption, DecisionOutcome, Reason, Trace } from '@sortition/core';
import { decideByRules, setOwn, sharesExperiments, tryPart } from '@sortition/core/internal';
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

/** Who asks, how, and on which config. */
export interface DecideCall extends DecisionCall {
  readonly client: ClientInternals;
  readonly loaded: ProfileSession | undefined;
}

/** Decisions by flag key. */
export interface FlagDecisions {
  readonly [flagKey: string]: FlagDecision | undefined;
}

/** What an evaluation goes by beside the options of its call. Spelled out, so that a polluted `Object.prototype` adds nothing. */
export interface Known extends Pick<DecideInput, 'fresh' | 'stored' | 'predictions' | 'trace'> {}

const NOTHING_KNOWN: Known = { fresh: undefined, stored: undefined, predictions: undefined, trace: undefined };
/** Shared by all decisions without reasons. */
const NO_REASONS: readonly never[] = Object.freeze([]);

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

/** Decides several flags on one config; each sees the assignments of those before. */
export function decideFlags(call: DecideCall, flagKeys: Iterable<string>): FlagDecisions {
  const profiles = profilesOf(call);
  const evaluations = profiles
    ? profiles.evaluateAll(call, flagKeys, evaluator(call))
    : evaluateUnstored(call, flagKeys);
  return finishAll(call, evaluations);
}

/** Evaluates several flags by nothing that is stored. */
export function evaluateUnstored(call: DecideCall, flagKeys: Iterable<string>): readonly Evaluated[] {
  const { config } = call;
  // Where no flag can see the assignment of another, flags are decided without; a config that cannot be searched has errors.
  const mayShare = config !== null && tryPart(() => sharesExperiments(config));
  const fresh = mayShare ? new Map<string, string>() : undefined;
  const known = fresh && { ...NOTHING_KNOWN, fresh };
  return evaluateInTurn(flagKeys, fresh, (flagKey) => evaluate(call, flagKey, known));
}

/** How a store of assignments has the flags of a call evaluated. */
export function evaluator(call: DecideCall): EvaluateFlag {
  return (flagKey, stored, fresh) =>
    evaluate(call, flagKey, { fresh, stored, predictions: undefined, trace: undefined });
}

/** The profile store, unless assignments are to be ignored or there is nothing to decide with. */
export function profilesOf({ client, config, bits }: DecideCall): Profiles | undefined {
  return config === null || (bits & IGNORE_USER_PROFILE_SERVICE) !== 0 ? undefined : client.steps.profiles;
}

/** Runs the evaluator. It is total; should it fail all the same, that is a problem and an error decision, no exception. */
export function evaluate(call: DecideCall, flagKey: string, known: Known = NOTHING_KNOWN): Evaluated {
  const { config, user, bits, client, subject } = call;
  if (config === null) return { flagKey, outcome: null, reasons: [{ code: 'sdk-not-ready' }] };
  const trace: Trace | undefined = known.trace ?? ((bits & INCLUDE_REASONS) === 0 ? undefined : { reasons: [] });
  const ignoreAssignments = (bits & IGNORE_USER_PROFILE_SERVICE) !== 0;
  const isPlain = known === NOTHING_KNOWN && trace === undefined && !ignoreAssignments;
  // Spelled out: an object that begins with a spread and goes on is many times slower to make.
  const { fresh, stored, predictions } = known;
  const input = isPlain
    ? undefined
    : { fresh, stored, forcedVariations: undefined, ignoreAssignments, predictions, trace };
  try {
    const outcome = subject.decide(config, user, flagKey, input);
    const { status } = outcome;
    if (trace || status === 'decided' || status === 'cmab-needed') return { flagKey, outcome, reasons: trace?.reasons };
    // Errors always say why.
    return evaluate(call, flagKey, { ...known, trace: { reasons: [] } });
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

/** Hands out the decisions that the call answers, in their order. */
export function finishEach(
  call: DecideCall,
  evaluations: Iterable<Evaluated>,
  take: (decision: FlagDecision, flagKey: string) => void,
): void {
  const enabledOnly = (call.bits & ENABLED_FLAGS_ONLY) !== 0;
  for (const evaluated of evaluations) {
    const decision = finish(call, evaluated);
    // Errors are answered even where only enabled flags are wanted.
    if (decision.enabled || !enabledOnly || evaluated.outcome?.status !== 'decided') {
      take(decision, evaluated.flagKey);
    }
  }
}

/** Builds the decision, and records what it is worth. */
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
 * Reasons as decisions show them: as data, unless a part makes texts of them. Errors, also those of the profile store, and
 * variables that cannot be read are always named; the rest only when reasons were asked for.
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
