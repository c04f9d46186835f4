/**
 * Parts: features of a client, each with its own wiring. A client holds the parts it was given and nothing of the others, so
 * that a bundle does not carry what an application does not use.
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
 * A feature of a client. Called once by each client it is passed to; what it throws, `createClient` throws.
 *
 * @typeParam R What it turns the reasons of decisions into; `never` for a part that leaves them alone.
 * @example
 * const countUsers: Part<never> = () => {
 *   let users = 0;
 *   return { user: () => void (users += 1), close: async () => console.log(users) };
 * };
 */
export type Part<R = Reason | string> = (client: ClientCore) => PartHooks<R>;

/** How long a part may take to send what it holds. */
export interface PartLimits {
  /** In milliseconds. */
  readonly timeoutMs: number;
}

/** What a part does when something happens; every hook may be absent. What a hook throws or rejects with is a problem. */
export interface PartHooks<R = Reason | string> extends DecisionSteps<R> {
  /** Named in the problems of its hooks; `'client'` unless given. */
  readonly part?: ProblemPart | undefined;
  /** The client is not ready before this settles. */
  readonly ready?: PromiseLike<unknown> | undefined;
  /** Told of every config, before listeners of `config-update` are. */
  configure?(config: ProjectConfig): void;
  /** Called after the first decision, and when a listener is added after that. */
  decided?(): unknown;
  /** The id of a user who is created without one; `null` when it has none. */
  userId?(): string | null;
  /** Told of every user a context is created for. */
  user?(userId: string): void;
  /** Sends what is queued. What it answers is added to the report of `flush`. */
  flush?(limits: PartLimits): PromiseLike<DeliveryReport | undefined> | undefined;
  /** Sends what is queued and stops. What it answers is added to the report of `close`. */
  close?(limits: PartLimits): PromiseLike<DeliveryReport | undefined> | undefined;
  /** Its counters, added to those of the client. */
  stats?(): Partial<ClientStats>;
}

/** Steps of a decide call that a part may bring. At most one part of a client may bring each. */
export interface DecisionSteps<R = Reason | string> {
  /** Turns a reason into what decisions show. Must not throw. */
  formatReason?(reason: Reason): R;
  /** Stored assignments; see `sticky`. The part waits for `client.settled()` in `flush` and `close`. */
  readonly profiles?: Profiles | undefined;
  /** Records impressions and conversions; see `recordTo`. Nothing of it may throw. */
  readonly recorder?: Recorder | undefined;
  /** Predicts the variation of a bandit rule; see `bandits`. `null` when it could not. Must not throw. */
  predict?(request: CmabRequest, ruleKey: string): Promise<CmabPrediction>;
  /** Fetches segments and sends ODP events; see `platform`. */
  readonly platform?: Platform | undefined;
  /** Says in a sentence why there is no config yet; see `checkedConfig`. Must not throw. */
  describeProblem?(problem: Problem): string;
  /** Hands on a change of the config source, if it is one; see `checkedConfig`. What it throws is a problem. */
  readChange?(change: ConfigChange, take: (change: ConfigChange) => void): void;
  /** Says in a sentence that a name is not known, and what it may have meant; see `nameHints`. Must not throw. */
  readonly describeName?: DescribeName | undefined;
}

/**
 * @param kind What the name was meant to be, such as `'option'`.
 * @param owner What does not have it, such as `'createClient'`.
 */
export type DescribeName = (kind: string, owner: string, name: string, known: readonly string[]) => string;

/** Records what happened to users. */
export interface Recorder {
  /**
   * That a user was served a decision.
   *
   * @param uuid Of the event, when it was made elsewhere; made by the sink unless given.
   */
  impression(config: ProjectConfig, user: UserSnapshot, outcome: DecisionOutcome, uuid?: string): void;
  /** The impression of a decision that held it back, which `trackImpression` was given: anything, by mistake. */
  heldImpression(decision: unknown): void;
  /** That a tracked event happened to a user. */
  conversion(user: UserSnapshot, eventKey: string, eventTags: EventTags | undefined): void;
}

/** The customer-data platform, as functions of the client use it. Nothing of it throws or rejects. */
export interface Platform {
  /** Whether segments can be fetched. */
  readonly hasSegments: boolean;
  /** @param options In one of the forms of `fetchQualifiedSegments`. `null` after reporting why there are no segments. */
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
