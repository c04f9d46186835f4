/** The decisions a client makes. */
import type { Attributes, DecideInput, DecisionOutcome, ProjectConfig, Reason, UserSnapshot } from '@sortition/core';
import { NO_VARIABLES, tryPart } from '@sortition/core/internal';
import { EXCLUDE_VARIABLES } from './decide-bits.ts';
import type { DecisionJson } from './decision.ts';
import type { Evaluated } from './evaluated.ts';

/** What a decision was made from: enough to send its impression later. */
export interface DecisionOrigin {
  /** `null` before there was one. */
  readonly config: ProjectConfig | null;
  readonly user: UserSnapshot;
  /** Without the one for a held impression once that is sent. */
  bits: number;
  /** `null`: the flag was not evaluated. */
  readonly outcome: DecisionOutcome | null;
}

/** What a decision keeps of its user. */
export interface DecidedUser {
  toJSON(): { userId: string; attributes: Attributes };
}

/** The call a decision answers. */
export interface DecisionCall {
  readonly config: ProjectConfig | null;
  readonly user: UserSnapshot;
  readonly userContext: DecidedUser;
  readonly bits: number;
  readonly subject: DecideSubject;
}

/** What the keys of a call are keys of, and the rules that decide it. */
export interface DecideSubject {
  readonly type: 'flag' | 'experiment';
  readonly decide: (
    config: ProjectConfig,
    user: UserSnapshot,
    key: string,
    input: Required<DecideInput> | undefined,
  ) => DecisionOutcome;
}

/**
 * Whether a decision is worth an impression: deliveries, and decisions for nothing, only if the datafile says so; an
 * experiment that was asked for by its own key when it serves a variation.
 */
export function isImpressionDue({ source, variation }: DecisionOutcome, config: ProjectConfig): boolean {
  if (source === 'experiment') return variation !== null;
  return source !== 'rollout' || config.sendFlagDecisions;
}

const NOT_DECIDED = { variationKey: null, enabled: false, variables: NO_VARIABLES, ruleKey: null };

/**
 * A class because thousands are made per second: one hidden class, no closures. The fields are only declared, so that the
 * constructor is the one place that writes them.
 */
export class FlagDecision {
  declare readonly variationKey: string | null;
  declare readonly enabled: boolean;
  declare readonly variables: Readonly<Record<string, unknown>>;
  declare readonly ruleKey: string | null;
  declare readonly flagKey: string;
  declare readonly userContext: DecidedUser;
  declare readonly reasons: readonly (Reason | string)[];
  #call: Pick<DecisionCall, 'config' | 'user' | 'bits'>;
  readonly #outcome: DecisionOutcome | null;

  constructor(call: DecisionCall, { flagKey, outcome }: Evaluated, reasons: readonly (Reason | string)[]) {
    const served = outcome?.status === 'decided' ? outcome : NOT_DECIDED;
    this.#call = call;
    this.#outcome = outcome;
    this.variationKey = served.variationKey;
    this.enabled = served.enabled;
    this.variables = (call.bits & EXCLUDE_VARIABLES) !== 0 ? NO_VARIABLES : served.variables;
    this.ruleKey = served.ruleKey;
    this.flagKey = call.subject.type === 'flag' ? flagKey : '';
    this.userContext = call.userContext;
    this.reasons = reasons;
  }

  /**
   * By a registered name: `sortition` for Node is a copy of its own, and decisions are passed to functions of others. What is
   * changed of the answer is changed for all of them.
   */
  'sortition.decision'(): DecisionOrigin {
    const { config, user, bits } = this.#call;
    // Spelled out: an object that begins with a spread is many times slower to make.
    const origin = { config, user, bits, outcome: this.#outcome };
    this.#call = origin;
    return origin;
  }

  toJSON(): DecisionJson<Reason | string> {
    return { ...this, userContext: this.userContext.toJSON() };
  }
}

/** Returns what a decision was made from; `null` for anything but a decision of this SDK. */
export function originOf(decision: unknown): DecisionOrigin | null {
  return tryPart(() => (decision as FlagDecision)['sortition.decision']()) ?? null;
}
