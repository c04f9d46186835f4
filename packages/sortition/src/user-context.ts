/** The user a decision is for, and the decision: the two types refer to each other, so they live together. */
import type { Attributes, AttributeValue, DecideOption, EventTags, Explanation, SegmentOption } from '@sortition/core';
import type { ForcedDecision, ForcedDecisionTarget } from './forced-decisions.ts';
import type { FetchSegmentsOptions, SegmentsCallback } from './segments.ts';
import type { AnyFlags, FlagKey, FlagMap, VariablesOf, VariationKeyOf } from './typed-flags.ts';

/** What a user gets for a flag. For an error the fields are `null`, `false` and `{}`, and `reasons` says why. */
export type Decision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> = DecisionOf<
  VariationKeyOf<F, K>,
  Readonly<VariablesOf<F, K>>,
  K
>;

/** `Decision` by what it holds: a decision on described flags fits where one on any flags is asked for. */
export interface DecisionOf<VariationKey extends string, Variables, Key extends string> {
  readonly variationKey: VariationKey | null;
  readonly enabled: boolean;
  /** Frozen and shared by all decisions with this variation; `{}` when there are none or they were excluded. */
  readonly variables: Variables;
  /** Key of the deciding rule; `null` when the flag itself was forced or nothing matched. */
  readonly ruleKey: string | null;
  readonly flagKey: Key;
  /** The user as they were when the decision was made. */
  readonly userContext: UserContext;
  /** Empty unless asked for with INCLUDE_REASONS; errors always say why. */
  readonly reasons: readonly string[];
  toJSON(): DecisionJson;
}

/** A decision as plain data. */
export interface DecisionJson {
  variationKey: string | null;
  enabled: boolean;
  variables: Readonly<Record<string, unknown>>;
  ruleKey: string | null;
  flagKey: string;
  userContext: UserContext;
  reasons: readonly string[];
}

/**
 * What attributes look like; an `interface` fits as well as `Attributes`. Lists and values that are no attribute values do not
 * compile; stored assignments, which may travel as an attribute, do.
 */
export type AttributesOf<A> = object & {
  readonly [K in keyof A]: K extends '$opt_experiment_bucket_map' ? unknown : AttributeValue;
} & { readonly [Symbol.iterator]?: never };

/** Decisions by flag key. */
export type Decisions = { readonly [flagKey: string]: Decision | undefined };

/** What `load` brings into a context. */
export interface LoadOptions {
  /** Stored assignments; `true` unless given. */
  readonly profile?: boolean | undefined;
  /** Segments; `true` unless given, where the client has ODP. */
  readonly segments?: boolean | undefined;
  /** Total, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The user a decision is for. Created by `client.createUserContext`. */
export type UserContext<F extends FlagMap<F> = AnyFlags> = UserContextOf<
  [keyof F] extends [never] ? DecideAnyFlag : DecideDescribedFlag<F>
>;

/** Deciding one of any flags. */
export interface DecideAnyFlag {
  decide(flagKey: string, options?: readonly DecideOption[]): Decision;
  decideAsync(flagKey: string, options?: readonly DecideOption[]): Promise<Decision>;
}

/** Deciding one of the described flags, and no other. */
export interface DecideDescribedFlag<F extends FlagMap<F>> {
  decide<K extends FlagKey<F>>(flagKey: K, options?: readonly DecideOption[]): Decision<F, K>;
  decideAsync<K extends FlagKey<F>>(flagKey: K, options?: readonly DecideOption[]): Promise<Decision<F, K>>;
}

/** `UserContext` by how it decides one flag: a user of described flags fits where one of any flags is asked for. */
export interface UserContextOf<Decide extends DecideAnyFlag> {
  readonly userId: string;
  /** A copy. */
  readonly attributes: Readonly<Attributes>;
  /** Sets one attribute; an unsupported value, or `undefined`, removes it. */
  setAttribute(key: string, value: AttributeValue): void;
  /** Decides one flag. Never throws. */
  decide: Decide['decide'];
  /** Decides several flags on one config; a key the config does not have gets an error decision. */
  decideForKeys(flagKeys: readonly string[], options?: readonly DecideOption[]): Decisions;
  /** Decides every flag of the config. */
  decideAll(options?: readonly DecideOption[]): Decisions;
  /** As `decide`, and waits for asynchronous stores and bandits. Never rejects. */
  decideAsync: Decide['decideAsync'];
  /** As `decideForKeys`, and waits for asynchronous stores and bandits. Never rejects. */
  decideForKeysAsync(flagKeys: readonly string[], options?: readonly DecideOption[]): Promise<Decisions>;
  /** As `decideAll`, and waits for asynchronous stores and bandits. Never rejects. */
  decideAllAsync(options?: readonly DecideOption[]): Promise<Decisions>;
  /** Brings stored assignments and segments into the context once, so that synchronous decisions see them. Never rejects. */
  load(options?: LoadOptions): Promise<void>;
  /** Says step by step how a flag would be decided; records and stores nothing. `formatExplanation` turns it into text. */
  explain(flagKey: string, options?: readonly DecideOption[]): Explanation;
  /**
   * Sends the impression that DISABLE_DECISION_EVENT held back, once: when nothing was held back, or it was sent already, does
   * nothing. For decisions made ahead (prefetch, server rendering) and shown later.
   */
  trackImpression(decision: Decision): void;
  /**
   * Records that a tracked event happened. Never throws. An event the datafile does not know, or tags that are no object, are
   * told once and counted, and nothing is sent; a single tag that cannot be sent is left out.
   *
   * @param eventTags `revenue` (integer, cents) and `value` (number) are summed by the service; copied, never changed.
   */
  trackEvent(eventKey: string, eventTags?: EventTags): void;
  /** Forces the variation of a flag, or of one of its rules. */
  setForcedDecision(target: ForcedDecisionTarget, forced: ForcedDecision): boolean;
  getForcedDecision(target: ForcedDecisionTarget): ForcedDecision | null;
  /** Returns whether there was one. */
  removeForcedDecision(target: ForcedDecisionTarget): boolean;
  removeAllForcedDecisions(): boolean;
  /** Copied both ways; `null` means not fetched, and so does what is no list of texts. Other things in a list are left out. */
  get qualifiedSegments(): readonly string[] | null;
  set qualifiedSegments(segments: Iterable<string> | null);
  /** `false` as long as no segments were fetched. */
  isQualifiedFor(segment: string): boolean;
  /**
   * Fetches the user's segments; resolves whether that worked, and never rejects. On failure, or when nothing came within
   * `timeoutMs` (60,000 unless given; the part may set a shorter limit), the segments become `null`.
   */
  fetchQualifiedSegments(callback: SegmentsCallback): Promise<boolean>;
  fetchQualifiedSegments(
    options?: readonly SegmentOption[] | FetchSegmentsOptions,
    callback?: SegmentsCallback,
  ): Promise<boolean>;
  /** An independent copy. */
  clone(): UserContextOf<Decide>;
  toJSON(): { userId: string; attributes: Attributes };
}
