/** The decisions a client makes. */
import type { DecisionOutcome, ProjectConfig, UserSnapshot } from '@sortition/core';
import { DISABLE_DECISION_EVENT, EXCLUDE_VARIABLES } from './decide-bits.ts';
import type { Decision, DecisionJson, UserContext } from './user-context.ts';

/** What a decision was made from: enough to send its impression later. */
export interface DecisionOrigin {
  readonly config: ProjectConfig;
  readonly user: UserSnapshot;
  readonly outcome: DecisionOutcome;
}

/** The call a decision answers. */
export interface DecisionCall {
  readonly config: ProjectConfig | null;
  readonly user: UserSnapshot;
  readonly userContext: UserContext;
  readonly bits: number;
}

/** What the call found for one flag. */
export interface DecisionFindings {
  readonly flagKey: string;
  /** `null`: the flag was not evaluated. */
  readonly outcome: DecisionOutcome | null;
}

const NO_VARIABLES: Readonly<Record<string, unknown>> = Object.freeze({});

/** A class because thousands are made per second: one hidden class, no closures. */
export class FlagDecision implements Decision {
  readonly variationKey: string | null;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ruleKey: string | null;
  readonly flagKey: string;
  readonly userContext: UserContext;
  readonly reasons: readonly string[];
  readonly #config: ProjectConfig | null;
  readonly #user: UserSnapshot;
  readonly #outcome: DecisionOutcome | null;
  /** Whether the impression, if one is due, was kept for later and is still unsent. */
  #isHeld: boolean;

  constructor(call: DecisionCall, { flagKey, outcome }: DecisionFindings, reasons: readonly string[]) {
    const decided = outcome?.status === 'decided' ? outcome : null;
    this.variationKey = decided?.variation?.key ?? null;
    this.enabled = decided?.enabled ?? false;
    this.variables = decided === null || (call.bits & EXCLUDE_VARIABLES) !== 0 ? NO_VARIABLES : decided.variables;
    this.ruleKey = decided?.rule?.key ?? null;
    this.flagKey = flagKey;
    this.userContext = call.userContext;
    this.reasons = reasons;
    this.#config = call.config;
    this.#user = call.user;
    this.#outcome = decided;
    this.#isHeld = (call.bits & DISABLE_DECISION_EVENT) !== 0;
  }

  /** Whether a value is a decision of this SDK. */
  static isOurs(decision: unknown): decision is FlagDecision {
    return typeof decision === 'object' && decision !== null && #outcome in decision;
  }

  /** Returns what a decision was made from; `null` for errors and for objects that are no decision of this SDK. */
  static originOf(decision: unknown): DecisionOrigin | null {
    if (!FlagDecision.isOurs(decision)) return null;
    const config = decision.#config;
    const outcome = decision.#outcome;
    return config && outcome && { config, user: decision.#user, outcome };
  }

  /** Whether this is the first request for an impression that was held back. */
  static takeHeld(decision: FlagDecision): boolean {
    const isHeld = decision.#isHeld;
    decision.#isHeld = false;
    return isHeld;
  }

  toJSON(): DecisionJson {
    const { variationKey, enabled, variables, ruleKey, flagKey, userContext, reasons } = this;
    return { variationKey, enabled, variables, ruleKey, flagKey, userContext, reasons };
  }
}
