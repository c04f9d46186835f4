/** The decisions a client makes. */
import type { Attributes, DecisionOutcome, ProjectConfig, Reason, UserSnapshot } from '@sortition/core';
import { type CompleteInput, NO_VARIABLES, tryPart } from '@sortition/core/internal';
import { EXCLUDE_VARIABLES } from './decide-bits.ts';
import type { DecisionJson } from './decision.ts';
import type { Evaluated } from './evaluated.ts';

/** The origin of a decision: enough to send its impression later. */
export interface DecisionOrigin {
  /** `null` before there was one. */
  readonly config: ProjectConfig | null;
  readonly user: UserSnapshot;
  /** The bit for a held impression is cleared once that is sent. */
  bits: number;
  /** `null`: the flag was not evaluated. */
  readonly outcome: DecisionOutcome | null;
}

/** What a decision keeps of its user. */
export interface DecidedUser {
  toJSON(): { userId: string; attributes: Attributes };
}

/** The call that a decision belongs to. */
export interface DecisionCall {
  readonly config: ProjectConfig | null;
  readonly user: UserSnapshot;
  readonly userContext: DecidedUser;
  readonly bits: number;
  readonly subject: DecideSubject;
}

/** The kind of keys in a call, and the function that decides them. */
export interface DecideSubject {
  readonly type: 'flag' | 'experiment';
  readonly decide: (config: ProjectConfig, user: UserSnapshot, key: string, input: CompleteInput) => DecisionOutcome;
}

/**
 * Returns whether an impression is due. For deliveries, and when no rule serves the user, only if the datafile says so;
 * for an experiment that is decided by its own key only if it serves a variation.
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
   * Under a fixed name, because decisions of one copy of this package are passed to functions of another: `sortition`
   * for Node contains a copy. The returned object is shared: changes to it are seen by all copies.
   */
  'sortition.decision'(): DecisionOrigin {
    const { config, user, bits } = this.#call;
    // Written field by field: an object literal that begins with a spread is many times slower to create.
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
