/**
 * Decide calls with the results and the order of steps of the official SDK: look up the profile, evaluate every flag
 * with the evaluator of `@sortition/core`, save, then record and tell listeners flag by flag.
 */
import {
  type CmabPrediction,
  type CmabRequest,
  type DecideInput,
  type DecisionOutcome,
  decide,
  type ProjectConfig,
  type Reason,
  type Rule,
  type UserSnapshot,
} from '@sortition/core';
import { cmabAttributes, setOwn } from '@sortition/core/internal';
import type { ClientInternals } from './client-internals.ts';
import type { OptimizelyDecision, OptimizelyUserContext } from './contract/client.ts';
import type { UserAttributes } from './contract/user.ts';
import type { DecideFlags } from './decide-flags.ts';
import type { ProfileSession } from './profile-session.ts';
import { toOfficialTexts } from './reason-texts.ts';
import { copyVariables } from './variable-values.ts';

/** Decisions by flag key. */
export type Decisions = Record<string, OptimizelyDecision>;

/** The user and the options of a call. */
export interface DecideCall {
  readonly client: ClientInternals;
  readonly snapshot: UserSnapshot;
  readonly attributes: UserAttributes;
  /** The copy of the user context in decisions. */
  readonly userContext: OptimizelyUserContext;
  readonly flags: DecideFlags;
}

interface Evaluated {
  readonly outcome: DecisionOutcome;
  readonly reasons: readonly Reason[];
}

const NO_REASONS: readonly Reason[] = [];

/** Returns the decision of a call that failed. */
export function errorDecision(call: DecideCall, flagKey: string, reasons: readonly Reason[]): OptimizelyDecision {
  return {
    variationKey: null,
    enabled: false,
    variables: {},
    ruleKey: null,
    flagKey,
    userContext: call.userContext,
    reasons: toOfficialTexts(reasons, call.snapshot.userId),
  };
}

/** Decides flags. Unknown flag keys come first in the result. */
export function decideKeys(call: DecideCall, config: ProjectConfig, keys: readonly string[]): Decisions {
  const decisions: Decisions = {};
  const known = sortOut(call, config, keys, decisions);
  const { client, snapshot, flags } = call;
  const session = ignoresProfile(flags) ? undefined : client.profiles.open(snapshot);
  const input = inputOf(call, config, session, undefined);
  const evaluations = new Map<string, Evaluated>();
  for (const key of known) evaluations.set(key, keep(session, evaluate(call, config, key, input)));
  if (session) client.profiles.close(snapshot, session);
  finish(call, config, known, evaluations, decisions);
  return decisions;
}

/** Decides flags and waits for asynchronous profiles and for bandits. */
export async function decideKeysAsync(
  call: DecideCall,
  config: ProjectConfig,
  keys: readonly string[],
): Promise<Decisions> {
  const decisions: Decisions = {};
  const known = sortOut(call, config, keys, decisions);
  const { client, snapshot, flags } = call;
  const session = ignoresProfile(flags) ? undefined : await client.profiles.openAsync(snapshot);
  /** By rule id. */
  const predictions = new Map<string, CmabPrediction>();
  const input = inputOf(call, config, session, predictions);
  const evaluations = new Map<string, Evaluated>();
  let undecided: readonly string[] = known;
  while (undecided.length > 0) {
    const needed = new Map<string, Rule>();
    for (const key of undecided) {
      const evaluated = keep(session, evaluate(call, config, key, input));
      evaluations.set(key, evaluated);
      const { status, rule } = evaluated.outcome;
      if (status === 'cmab-needed' && rule) needed.set(key, rule);
    }
    const rules = [...new Set(needed.values())];
    await Promise.all(rules.map(async (rule) => predictions.set(rule.id, await predict(call, config, rule))));
    undecided = [...needed.keys()];
  }
  if (session) client.profiles.close(snapshot, session);
  finish(call, config, known, evaluations, decisions);
  return decisions;
}

/** Adds an error decision for each unknown flag key, and returns the known keys. */
function sortOut(call: DecideCall, config: ProjectConfig, keys: readonly string[], into: Decisions): readonly string[] {
  return keys.filter((key) => {
    if (config.flags.has(key)) return true;
    call.client.reporter.error(`Feature key ${key} is not in datafile.`);
    setOwn(into, key, errorDecision(call, key, [{ code: 'flag-not-found', flagKey: key }]));
    return false;
  });
}

function ignoresProfile(flags: DecideFlags): boolean {
  return flags.has('IGNORE_USER_PROFILE_SERVICE');
}

function inputOf(
  { client, snapshot }: DecideCall,
  config: ProjectConfig,
  session: ProfileSession | undefined,
  predictions: DecideInput['predictions'],
): DecideInput {
  return {
    fresh: session?.fresh,
    stored: session?.stored,
    forcedVariations: client.forced.of(config, snapshot.userId),
    ignoreAssignments: session === undefined,
    predictions,
    trace: undefined,
  };
}

/** Error decisions always have reasons; other decisions have them only with `INCLUDE_REASONS`. */
function evaluate(call: DecideCall, config: ProjectConfig, key: string, input: DecideInput): Evaluated {
  if (!call.flags.has('INCLUDE_REASONS')) {
    const outcome = decide(config, call.snapshot, key, input);
    if (outcome.errorCode === null) return { outcome, reasons: NO_REASONS };
  }
  const reasons: Reason[] = [];
  return { outcome: decide(config, call.snapshot, key, { ...input, trace: { reasons } }), reasons };
}

/** Keeps the assignment of an evaluation for later flags and for the profile. */
function keep(session: ProfileSession | undefined, evaluated: Evaluated): Evaluated {
  const { assignment } = evaluated.outcome;
  if (assignment) session?.fresh.set(assignment.experimentId, assignment.variationId);
  return evaluated;
}

/** `null` when there is no prediction. */
async function predict(
  { client, snapshot, flags }: DecideCall,
  config: ProjectConfig,
  rule: Rule,
): Promise<CmabPrediction> {
  const request: CmabRequest = {
    userId: snapshot.userId,
    ruleId: rule.id,
    attributes: cmabAttributes(config, snapshot, rule),
    cache: cacheModeOf(flags),
  };
  return (await client.predict?.(request, rule.key)) ?? null;
}

function cacheModeOf(flags: DecideFlags): CmabRequest['cache'] {
  if (flags.has('IGNORE_CMAB_CACHE')) return 'ignore';
  if (flags.has('RESET_CMAB_CACHE')) return 'reset';
  return flags.has('INVALIDATE_USER_CMAB_CACHE') ? 'invalidate-user' : 'use';
}

function finish(
  call: DecideCall,
  config: ProjectConfig,
  keys: readonly string[],
  evaluations: ReadonlyMap<string, Evaluated>,
  into: Decisions,
): void {
  for (const [key, { outcome, reasons }] of evaluations)
    if (outcome.status !== 'decided') setOwn(into, key, errorDecision(call, key, reasons));
  const enabledOnly = call.flags.has('ENABLED_FLAGS_ONLY');
  for (const key of keys) {
    const evaluated = evaluations.get(key);
    if (evaluated === undefined || Object.hasOwn(into, key)) continue;
    const decision = record(call, config, key, evaluated);
    if (decision.enabled || !enabledOnly) setOwn(into, key, decision);
  }
}

/** Builds a decision, records its impression if one is required, and notifies listeners. */
function record(call: DecideCall, config: ProjectConfig, flagKey: string, evaluated: Evaluated): OptimizelyDecision {
  const { client, snapshot, attributes, userContext, flags } = call;
  const { outcome } = evaluated;
  const decision: OptimizelyDecision = {
    variationKey: outcome.variation?.key ?? null,
    enabled: outcome.enabled,
    variables: flags.has('EXCLUDE_VARIABLES') ? {} : copyVariables(outcome.variables),
    ruleKey: outcome.rule?.key ?? null,
    flagKey,
    userContext,
    reasons: toOfficialTexts(evaluated.reasons, snapshot.userId),
  };
  const isDue = !flags.has('DISABLE_DECISION_EVENT') && (outcome.source !== 'rollout' || config.sendFlagDecisions);
  if (isDue) client.recording.impression(config, { snapshot, attributes }, outcome);
  if (client.notifications.has('DECISION')) {
    const { userContext: _, ...served } = decision;
    client.notifications.send('DECISION', {
      type: 'flag',
      userId: snapshot.userId,
      attributes,
      decisionInfo: {
        ...served,
        decisionEventDispatched: isDue,
        experimentId: outcome.rule?.id ?? null,
        variationId: outcome.variation?.id ?? null,
      },
    });
  }
  return decision;
}
