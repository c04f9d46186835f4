/** The decisions a client makes. */
import type { DecisionOutcome, ProjectConfig, UserSnapshot } from '@sortition/core';
import type { Decision, DecisionJson, UserContext } from './user-context.ts';

/** What a decision was made from: enough to send its impression later. */
export interface DecisionOrigin {
  readonly config: ProjectConfig;
  readonly user: UserSnapshot;
  readonly outcome: DecisionOutcome;
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
  readonly #origin: DecisionOrigin | null;

  /** @param origin `null` for an error decision. */
  constructor(flagKey: string, userContext: UserContext, reasons: readonly string[], origin: DecisionOrigin | null) {
    const outcome = origin?.outcome;
    this.variationKey = outcome?.variation?.key ?? null;
    this.enabled = outcome?.enabled ?? false;
    this.variables = outcome?.variables ?? NO_VARIABLES;
    this.ruleKey = outcome?.rule?.key ?? null;
    this.flagKey = flagKey;
    this.userContext = userContext;
    this.reasons = reasons;
    this.#origin = origin;
  }

  /** Returns what a decision was made from; `null` for errors and for objects that are no decision of this SDK. */
  static originOf(decision: unknown): DecisionOrigin | null {
    return typeof decision === 'object' && decision !== null && #origin in decision ? decision.#origin : null;
  }

  toJSON(): DecisionJson {
    const { variationKey, enabled, variables, ruleKey, flagKey, userContext, reasons } = this;
    return { variationKey, enabled, variables, ruleKey, flagKey, userContext, reasons };
  }
}
