/** The user context with every feature: a method for each function that takes a user, and what those methods take and answer. */
import type { DecideOption, Explanation, SegmentOption } from '@sortition/core';
import type { DecisionShape } from './decision.ts';
import { decideAllAsync, decideAsync, decideForKeysAsync } from './functions/decide-async.ts';
import { decideExperiment, decideExperimentAsync, explainExperiment } from './functions/decide-experiment.ts';
import { explain } from './functions/explain.ts';
import { fetchQualifiedSegments, type SegmentsCallback } from './functions/fetch-qualified-segments.ts';
import { type LoadOptions, load } from './functions/load.ts';
import type {
  LeanDecideAnyFlag,
  LeanDecideDescribedFlag,
  LeanDecision,
  LeanDecisions,
  LeanUserOf,
} from './lean-user.ts';
import { LeanUserContext } from './lean-user-context.ts';
import type { FetchSegmentsOptions } from './parts/segments.ts';
import type { AnyFlags, FlagKey, FlagMap } from './typed-flags.ts';
import { withMethods } from './with-methods.ts';

/** Handed out as `UserContext`, which says what the methods take and answer. */
export const FullUserContext: typeof LeanUserContext = /* @__PURE__ */ withMethods(LeanUserContext, {
  decideAsync,
  decideForKeysAsync,
  decideAllAsync,
  decideExperiment,
  decideExperimentAsync,
  explainExperiment,
  explain,
  load,
  fetchQualifiedSegments,
});

/** What a user gets for a flag. For an error the fields are `null`, `false` and `{}`, and `reasons` says why. */
export type Decision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> = LeanDecision<
  F,
  K,
  string,
  UserContext
>;

/** `Decision` by what it holds: a decision on described flags fits where one on any flags is asked for. */
export type DecisionOf<VariationKey extends string, Variables, Key extends string> = DecisionShape<
  VariationKey,
  Variables,
  Key,
  string,
  UserContext
>;

/** Decisions by flag key; a flag that was not asked for is absent. */
export type Decisions<F extends FlagMap<F> = AnyFlags> = LeanDecisions<F, string, UserContext>;

/** The user a decision is for. Created by `client.createUserContext`. */
export type UserContext<F extends FlagMap<F> = AnyFlags> = UserContextOf<
  [keyof F] extends [never] ? DecideAnyFlag : DecideDescribedFlag<F>
>;

/** Deciding one of any flags. */
export interface DecideAnyFlag extends LeanDecideAnyFlag<string, UserContext> {
  decideAsync(flagKey: string, options?: readonly DecideOption[]): Promise<Decision>;
  decideForKeysAsync(flagKeys: readonly string[], options?: readonly DecideOption[]): Promise<Decisions>;
  decideAllAsync(options?: readonly DecideOption[]): Promise<Decisions>;
  explain(flagKey: string, options?: readonly DecideOption[]): Explanation;
}

/** Deciding one of the described flags, and no other. */
export interface DecideDescribedFlag<F extends FlagMap<F>> extends LeanDecideDescribedFlag<F, string, UserContext> {
  decideAsync<K extends FlagKey<F>>(flagKey: K, options?: readonly DecideOption[]): Promise<Decision<F, K>>;
  decideForKeysAsync(flagKeys: readonly FlagKey<F>[], options?: readonly DecideOption[]): Promise<Decisions<F>>;
  decideAllAsync(options?: readonly DecideOption[]): Promise<Decisions<F>>;
  explain(flagKey: FlagKey<F>, options?: readonly DecideOption[]): Explanation;
}

/** `UserContext` by how it decides: a user of described flags fits where one of any flags is asked for. */
export interface UserContextOf<Decide extends DecideAnyFlag> extends LeanUserOf<Decide> {
  /** As `decide`, and waits for asynchronous stores and bandits. Never rejects. */
  decideAsync: Decide['decideAsync'];
  /** As `decideForKeys`, and waits for asynchronous stores and bandits. Never rejects. */
  decideForKeysAsync: Decide['decideForKeysAsync'];
  /** As `decideAll`, and waits for asynchronous stores and bandits. Never rejects. */
  decideAllAsync: Decide['decideAllAsync'];
  /**
   * Decides an experiment by its own key, whether or not it belongs to a flag. In the decision `ruleKey` is the experiment,
   * `flagKey` is `''` and `enabled` tells whether there is a variation, which is then recorded as an impression. Never throws.
   */
  decideExperiment(experimentKey: string, options?: readonly DecideOption[]): Decision;
  /** As `decideExperiment`, and waits for asynchronous stores and bandits. Never rejects. */
  decideExperimentAsync(experimentKey: string, options?: readonly DecideOption[]): Promise<Decision>;
  /** As `explain`, for an experiment. */
  explainExperiment(experimentKey: string, options?: readonly DecideOption[]): Explanation;
  /** Brings stored assignments and segments into the context once, so that synchronous decisions see them. Never rejects. */
  load(options?: LoadOptions): Promise<void>;
  /** Says step by step how a flag would be decided; records and stores nothing. `formatExplanation` turns it into text. */
  explain: Decide['explain'];
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
}
