/** The user a decision is for, and their decisions. The types refer to each other, so they live together. */
import type { Attributes, AttributeValue, DecideOption, EventTags, Reason } from '@sortition/core';
import type { DecisionShape } from './decision.ts';
import type { ForcedDecision, ForcedDecisionTarget } from './forced-decisions.ts';
import type { AnyFlags, FlagKey, FlagMap, VariablesOf, VariationKeyOf } from './typed-flags.ts';

/**
 * The decision for a flag. For an error the fields are `null`, `false` and `{}`, and `reasons` says why.
 *
 * @typeParam R The type of reasons: data, or texts with the part `reasonTexts`.
 * @typeParam User The type of the decision's user context.
 */
export type LeanDecision<
  F extends FlagMap<F> = AnyFlags,
  K extends FlagKey<F> = FlagKey<F>,
  R = Reason | string,
  User = LeanUser<AnyFlags, R>,
> = DecisionShape<VariationKeyOf<F, K>, Readonly<VariablesOf<F, K>>, K, R, User>;

/** Decisions by flag key; flags that were not requested are absent. */
export type LeanDecisions<F extends FlagMap<F> = AnyFlags, R = Reason | string, User = LeanUser<AnyFlags, R>> = [
  keyof F,
] extends [never]
  ? { readonly [flagKey: string]: LeanDecision<AnyFlags, string, R, User> | undefined }
  : { readonly [K in FlagKey<F>]?: LeanDecision<F, K, R, User> | undefined };

/**
 * The type of attributes; an `interface` works too. Lists, and values that cannot be attributes, do not compile; stored
 * assignments, which may be passed as an attribute, do.
 */
export type AttributesOf<A> = object & {
  readonly [K in keyof A]: K extends '$opt_experiment_bucket_map' ? unknown : AttributeValue;
} & { readonly [Symbol.iterator]?: never };

/** The user a decision is for. Created by `client.createUserContext`. */
export type LeanUser<F extends FlagMap<F> = AnyFlags, R = Reason | string> = LeanUserOf<
  [keyof F] extends [never] ? LeanDecideAnyFlag<R> : LeanDecideDescribedFlag<F, R>
>;

/** Decide methods that accept any flag. */
export interface LeanDecideAnyFlag<R, User = LeanUser<AnyFlags, R>> {
  decide(flagKey: string, options?: readonly DecideOption[]): LeanDecision<AnyFlags, string, R, User>;
  decideForKeys(flagKeys: readonly string[], options?: readonly DecideOption[]): LeanDecisions<AnyFlags, R, User>;
  decideAll(options?: readonly DecideOption[]): LeanDecisions<AnyFlags, R, User>;
  setForcedDecision(target: ForcedDecisionTarget, forced: ForcedDecision): boolean;
}

/** Decide methods that accept only the described flags. */
export interface LeanDecideDescribedFlag<F extends FlagMap<F>, R, User = LeanUser<AnyFlags, R>> {
  decide<K extends FlagKey<F>>(flagKey: K, options?: readonly DecideOption[]): LeanDecision<F, K, R, User>;
  decideForKeys(flagKeys: readonly FlagKey<F>[], options?: readonly DecideOption[]): LeanDecisions<F, R, User>;
  decideAll(options?: readonly DecideOption[]): LeanDecisions<F, R, User>;
  setForcedDecision(target: ForcedDecisionTarget<FlagKey<F>>, forced: ForcedDecision): boolean;
}

/** `LeanUser` by its decide methods, so that a user of described flags is assignable to one of any flags. */
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

/** The members of every user context, whatever the types of its flags. */
export interface UserFields {
  readonly userId: string;
  /** A copy. */
  readonly attributes: Readonly<Attributes>;
  /** Sets one attribute; an unsupported value, or `undefined`, removes it. */
  setAttribute(key: string, value: AttributeValue): void;
  /**
   * Sends the impression that DISABLE_DECISION_EVENT held back. Does nothing when none was held back or it was sent
   * already. For decisions that are made early (prefetch, server rendering) and shown later.
   */
  trackImpression(decision: { readonly flagKey: string; readonly variationKey: string | null }): void;
  /**
   * Records a conversion. Never throws. When the datafile does not have the event, or the tags are not an object, the
   * problem is reported once and counted, and nothing is sent. A single tag that cannot be sent is left out.
   *
   * @param eventTags `revenue` (integer, cents) and `value` (number) are summed by the service; copied, never changed.
   */
  trackEvent(eventKey: string, eventTags?: EventTags): void;
  getForcedDecision(target: ForcedDecisionTarget): ForcedDecision | null;
  /** Returns whether there was one. */
  removeForcedDecision(target: ForcedDecisionTarget): boolean;
  removeAllForcedDecisions(): boolean;
  /**
   * The getter returns a copy, and the setter copies; `null` means not fetched. Setting anything that is not a list
   * gives `null`; elements that are not texts are left out.
   */
  get qualifiedSegments(): readonly string[] | null;
  set qualifiedSegments(segments: Iterable<string> | null);
  /** `false` until segments were fetched. */
  isQualifiedFor(segment: string): boolean;
  toJSON(): { userId: string; attributes: Attributes };
}
