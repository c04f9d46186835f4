/** The user a decision is for, and their decisions. The types refer to each other, so they live together. */
import type { Attributes, AttributeValue, DecideOption, EventTags, Reason } from '@sortition/core';
import type { DecisionShape } from './decision.ts';
import type { ForcedDecision, ForcedDecisionTarget } from './forced-decisions.ts';
import type { AnyFlags, FlagKey, FlagMap, VariablesOf, VariationKeyOf } from './typed-flags.ts';

/**
 * What a user gets for a flag. For an error the fields are `null`, `false` and `{}`, and `reasons` says why.
 *
 * @typeParam R What reasons are: data, or texts with the part `reasonTexts`.
 * @typeParam User What the user of the decision is.
 */
export type LeanDecision<
  F extends FlagMap<F> = AnyFlags,
  K extends FlagKey<F> = FlagKey<F>,
  R = Reason | string,
  User = LeanUser<AnyFlags, R>,
> = DecisionShape<VariationKeyOf<F, K>, Readonly<VariablesOf<F, K>>, K, R, User>;

/** Decisions by flag key; a flag that was not asked for is absent. */
export type LeanDecisions<F extends FlagMap<F> = AnyFlags, R = Reason | string, User = LeanUser<AnyFlags, R>> = [
  keyof F,
] extends [never]
  ? { readonly [flagKey: string]: LeanDecision<AnyFlags, string, R, User> | undefined }
  : { readonly [K in FlagKey<F>]?: LeanDecision<F, K, R, User> | undefined };

/**
 * What attributes look like; an `interface` fits as well as `Attributes`. Lists, and values that cannot be attributes, do not
 * compile; stored assignments, which may travel as an attribute, do.
 */
export type AttributesOf<A> = object & {
  readonly [K in keyof A]: K extends '$opt_experiment_bucket_map' ? unknown : AttributeValue;
} & { readonly [Symbol.iterator]?: never };

/** The user a decision is for. Created by `client.createUserContext`. */
export type LeanUser<F extends FlagMap<F> = AnyFlags, R = Reason | string> = LeanUserOf<
  [keyof F] extends [never] ? LeanDecideAnyFlag<R> : LeanDecideDescribedFlag<F, R>
>;

/** Deciding one of any flags. */
export interface LeanDecideAnyFlag<R, User = LeanUser<AnyFlags, R>> {
  decide(flagKey: string, options?: readonly DecideOption[]): LeanDecision<AnyFlags, string, R, User>;
  decideForKeys(flagKeys: readonly string[], options?: readonly DecideOption[]): LeanDecisions<AnyFlags, R, User>;
  decideAll(options?: readonly DecideOption[]): LeanDecisions<AnyFlags, R, User>;
  setForcedDecision(target: ForcedDecisionTarget, forced: ForcedDecision): boolean;
}

/** Deciding one of the described flags, and no other. */
export interface LeanDecideDescribedFlag<F extends FlagMap<F>, R, User = LeanUser<AnyFlags, R>> {
  decide<K extends FlagKey<F>>(flagKey: K, options?: readonly DecideOption[]): LeanDecision<F, K, R, User>;
  decideForKeys(flagKeys: readonly FlagKey<F>[], options?: readonly DecideOption[]): LeanDecisions<F, R, User>;
  decideAll(options?: readonly DecideOption[]): LeanDecisions<F, R, User>;
  setForcedDecision(target: ForcedDecisionTarget<FlagKey<F>>, forced: ForcedDecision): boolean;
}

/** `LeanUser` by how it decides: a user of described flags fits where one of any flags is asked for. */
export interface LeanUserOf<Decide extends LeanDecideAnyFlag<unknown, unknown>> extends UserFields {
  /** Decides one flag. Never throws. */
  decide: Decide['decide'];
  /** Decides several flags on one config; a key the config does not have gets an error decision. */
  decideForKeys: Decide['decideForKeys'];
  /** Decides every flag of the config. */
  decideAll: Decide['decideAll'];
  /** Forces the variation of a flag, or of one of its rules. */
  setForcedDecision: Decide['setForcedDecision'];
  /** An independent copy. */
  clone(): LeanUserOf<Decide>;
}

/** What every user context has, however its flags are described. */
export interface UserFields {
  readonly userId: string;
  /** A copy. */
  readonly attributes: Readonly<Attributes>;
  /** Sets one attribute; an unsupported value, or `undefined`, removes it. */
  setAttribute(key: string, value: AttributeValue): void;
  /**
   * Sends the impression that DISABLE_DECISION_EVENT held back, once: when nothing was held back, or it was sent already, does
   * nothing. For decisions made ahead (prefetch, server rendering) and shown later.
   */
  trackImpression(decision: { readonly flagKey: string; readonly variationKey: string | null }): void;
  /**
   * Records that a tracked event happened. Never throws. An event the datafile does not know, or tags that are not an object,
   * are told once and counted, and nothing is sent; a single tag that cannot be sent is left out.
   *
   * @param eventTags `revenue` (integer, cents) and `value` (number) are summed by the service; copied, never changed.
   */
  trackEvent(eventKey: string, eventTags?: EventTags): void;
  getForcedDecision(target: ForcedDecisionTarget): ForcedDecision | null;
  /** Returns whether there was one. */
  removeForcedDecision(target: ForcedDecisionTarget): boolean;
  removeAllForcedDecisions(): boolean;
  /** Copied both ways; `null` means not fetched, and anything that is not a list of texts is `null`. Other things in a list are left out. */
  get qualifiedSegments(): readonly string[] | null;
  set qualifiedSegments(segments: Iterable<string> | null);
  /** `false` as long as no segments were fetched. */
  isQualifiedFor(segment: string): boolean;
  toJSON(): { userId: string; attributes: Attributes };
}
