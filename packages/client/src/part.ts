/**
 * Parts: features of a client. A client contains only the parts it was given, so that a bundle does not contain
 * features that an application does not use.
 */
import type {
  CmabPrediction,
  CmabRequest,
  ConfigChange,
  DecisionOutcome,
  DeliveryReport,
  EventTags,
  OdpValue,
  Problem,
  ProblemPart,
  ProjectConfig,
  Reason,
  UserSnapshot,
} from '@sortition/core';
import type { ClientCore } from './client-core.ts';
import type { ClientStats } from './client-stats.ts';
import type { Profiles } from './parts/profiles/profiles.ts';

/**
 * A feature of a client: a function that each client calls once. `createClient` throws what it throws.
 *
 * @typeParam R The type into which the part turns reasons; `never` for a part that does not change them.
 * @example
 * const countUsers: Part<never> = () => {
 *   let users = 0;
 *   return { user: () => void (users += 1), close: async () => console.log(users) };
 * };
 */
export type Part<R = Reason | string> = (client: ClientCore) => PartHooks<R>;

/** How long a part may take to send its events. */
export interface PartLimits {
  /** In milliseconds. */
  readonly timeoutMs: number;
}

/** The hooks of a part; each is optional. An error that a hook throws or rejects with is reported as a problem. */
export interface PartHooks<R = Reason | string> extends DecisionSteps<R> {
  /** The `part` of problems of its hooks; `'client'` by default. */
  readonly part?: ProblemPart | undefined;
  /** `ready` of the client waits until this settles. */
  readonly ready?: PromiseLike<unknown> | undefined;
  /** Called with every config, before the listeners of `config-update`. */
  configure?(config: ProjectConfig): void;
  /** Called after the first decision, and whenever a listener is added later. */
  decided?(): unknown;
  /** Returns the id for a user context that is created without one; `null` if there is none. */
  userId?(): string | null;
  /** Called with the id of every user for whom a context is created. */
  user?(userId: string): void;
  /** Sends queued events. The result is added to the report of `flush`. */
  flush?(limits: PartLimits): PromiseLike<DeliveryReport | undefined> | undefined;
  /** Sends queued events and stops. The result is added to the report of `close`. */
  close?(limits: PartLimits): PromiseLike<DeliveryReport | undefined> | undefined;
  /** Its counters, added to those of the client. */
  stats?(): Partial<ClientStats>;
}

/** Steps of a decide call that a part may have. At most one part of a client may have each step. */
export interface DecisionSteps<R = Reason | string> {
  /** Turns a reason into the value in `reasons`. Must not throw. */
  formatReason?(reason: Reason): R;
  /** Stored assignments; see `sticky`. The part waits for `client.settled()` in `flush` and `close`. */
  readonly profiles?: Profiles | undefined;
  /** Records impressions and conversions; see `recordTo`. Its methods must not throw. */
  readonly recorder?: Recorder | undefined;
  /** Predicts the variation of a bandit rule; see `bandits`. Returns `null` on failure. Must not throw. */
  predict?(request: CmabRequest, ruleKey: string): Promise<CmabPrediction>;
  /** Fetches segments and sends ODP events; see `platform`. */
  readonly platform?: Platform | undefined;
  /** Returns a sentence about why there is no config yet; see `checkedConfig`. Must not throw. */
  describeProblem?(problem: Problem): string;
  /**
   * Passes a valid change of the config source to `take`; see `checkedConfig`. An error that it throws is a problem.
   */
  readChange?(change: ConfigChange, take: (change: ConfigChange) => void): void;
  /**
   * Returns a sentence that says that a name is unknown and suggests the right one; see `nameHints`. Must not throw.
   */
  readonly describeName?: DescribeName | undefined;
}

/**
 * @param kind The kind of name, such as `'option'`.
 * @param owner The function or object that does not have it, such as `'createClient'`.
 */
export type DescribeName = (kind: string, owner: string, name: string, known: readonly string[]) => string;

/** Records what happened to users. */
export interface Recorder {
  /**
   * Records that a user was served a decision.
   *
   * @param uuid Id of the event, if it was made elsewhere; by default the sink makes it.
   */
  impression(config: ProjectConfig, user: UserSnapshot, outcome: DecisionOutcome, uuid?: string): void;
  /**
   * Records the held impression of a decision. The argument of `trackImpression` is passed on, which may be anything.
   */
  heldImpression(decision: unknown): void;
  /** Records a conversion of a user. */
  conversion(user: UserSnapshot, eventKey: string, eventTags: EventTags | undefined): void;
}

/** The customer-data platform, as functions of the client use it. Its methods neither throw nor reject. */
export interface Platform {
  /** Whether segments can be fetched. */
  readonly hasSegments: boolean;
  /**
   * @param options In one of the forms of `fetchQualifiedSegments`. Resolves to `null` after reporting why there are no
   * segments.
   */
  fetchSegments(userId: string, options: unknown): Promise<readonly string[] | null>;
  sendEvent(event: OdpEventInput): void;
}

/** An event for the customer-data platform, as an application writes it. */
export interface OdpEventInput {
  readonly action: string;
  readonly type?: string | undefined;
  readonly identifiers?: Record<string, string> | undefined;
  readonly data?: Record<string, OdpValue> | undefined;
}
