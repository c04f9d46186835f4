/**
 * The user context with every feature: a method for each function that takes a user, and the types of these methods.
 */
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

/** Returned as `UserContext`, which has the types of the methods. */
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

/** The decision for a flag. For an error the fields are `null`, `false` and `{}`, and `reasons` says why. */
export type Decision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>> = LeanDecision<
  F,
  K,
  string,
  UserContext
>;

/** `Decision` by the types of its fields, so that a decision on described flags is assignable to one on any flags. */
export type DecisionOf<VariationKey extends string, Variables, Key extends string> = DecisionShape<
  VariationKey,
  Variables,
  Key,
  string,
  UserContext
>;

/** Decisions by flag key; flags that were not requested are absent. */
export type Decisions<F extends FlagMap<F> = AnyFlags> = LeanDecisions<F, string, UserContext>;

/** The user a decision is for. Created by `client.createUserContext`. */
export type UserContext<F extends FlagMap<F> = AnyFlags> = UserContextOf<
  [keyof F] extends [never] ? DecideAnyFlag : DecideDescribedFlag<F>
>;

/** Decide methods that accept any flag. */
export interface DecideAnyFlag extends LeanDecideAnyFlag<string, UserContext> {
  decideAsync(flagKey: string, options?: readonly DecideOption[]): Promise<Decision>;
  decideForKeysAsync(flagKeys: readonly string[], options?: readonly DecideOption[]): Promise<Decisions>;
  decideAllAsync(options?: readonly DecideOption[]): Promise<Decisions>;
  explain(flagKey: string, options?: readonly DecideOption[]): Explanation;
}

/** Decide methods that accept only the described flags. */
export interface DecideDescribedFlag<F extends FlagMap<F>> extends LeanDecideDescribedFlag<F, string, UserContext> {
  decideAsync<K extends FlagKey<F>>(flagKey: K, options?: readonly DecideOption[]): Promise<Decision<F, K>>;
  decideForKeysAsync(flagKeys: readonly FlagKey<F>[], options?: readonly DecideOption[]): Promise<Decisions<F>>;
  decideAllAsync(options?: readonly DecideOption[]): Promise<Decisions<F>>;
  explain(flagKey: FlagKey<F>, options?: readonly DecideOption[]): Explanation;
}

/** `UserContext` by its decide methods, so that a user of described flags is assignable to one of any flags. */
export interface UserContextOf<Decide extends DecideAnyFlag> extends LeanUserOf<Decide> {
  /** As `decide`, and waits for asynchronous stores and bandits. Never rejects. */
  decideAsync: Decide['decideAsync'];
  /** As `decideForKeys`, and waits for asynchronous stores and bandits. Never rejects. */
  decideForKeysAsync: Decide['decideForKeysAsync'];
  /** As `decideAll`, and waits for asynchronous stores and bandits. Never rejects. */
  decideAllAsync: Decide['decideAllAsync'];
  /**
   * Decides an experiment by its own key, whether or not it belongs to a flag. In the decision `ruleKey` is the
   * experiment, `flagKey` is `''` and `enabled` says whether there is a variation; if there is one, an impression is
   * recorded. Never throws.
   */
  decideExperiment(experimentKey: string, options?: readonly DecideOption[]): Decision;
  /** As `decideExperiment`, and waits for asynchronous stores and bandits. Never rejects. */
  decideExperimentAsync(experimentKey: string, options?: readonly DecideOption[]): Promise<Decision>;
  /** As `explain`, for an experiment. */
  explainExperiment(experimentKey: string, options?: readonly DecideOption[]): Explanation;
  /**
   * Loads stored assignments and segments into the context once, so that synchronous decisions use them. Never rejects.
   */
  load(options?: LoadOptions): Promise<void>;
  /** Says step by step how a flag would be decided; records and stores nothing. `formatExplanation` turns it into text. */
  explain: Decide['explain'];
  /**
   * Fetches the user's segments; resolves to whether that succeeded, and never rejects. On failure, or after
   * `timeoutMs` (60,000 by default; the part may have a shorter limit), the segments become `null`.
   */
  fetchQualifiedSegments(callback: SegmentsCallback): Promise<boolean>;
  fetchQualifiedSegments(
    options?: readonly SegmentOption[] | FetchSegmentsOptions,
    callback?: SegmentsCallback,
  ): Promise<boolean>;
  /** An independent copy. */
  clone(): UserContextOf<Decide>;
}
