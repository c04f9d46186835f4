/** The user contexts of a client. */
import {
  type Attributes,
  type AttributeValue,
  type DecideOption,
  type EventTags,
  type ForcedDecisions,
  type UserSnapshot,
  withAttribute,
  withForcedDecisions,
  withSegments,
} from '@sortition/core';
import type { Opened, UserInternals } from './client-internals.ts';
import { decideFlag, decideFlags, type FlagDecisions, openDecideCall } from './decide-call.ts';
import type { FlagDecision } from './flag-decision.ts';
import { distinctFlagKeys, toFlagKey } from './flag-keys.ts';
import {
  type ForcedDecision,
  type ForcedDecisionTarget,
  getForced,
  removeForced,
  setForced,
} from './forced-decisions.ts';
import { recordHeldImpression, reportNoRecorder } from './held-impressions.ts';
import type { UserFields } from './lean-user.ts';
import { readTexts } from './read-input.ts';

/** A class because one is made per request: one hidden class, no closures. */
export class LeanUserContext implements UserFields, Opened {
  declare readonly userId: string;
  #inside: UserInternals;

  constructor(inside: UserInternals) {
    this.userId = inside.user.userId;
    this.#inside = inside;
  }

  'sortition.user'(replace?: UserInternals): UserInternals {
    if (replace) this.#inside = replace;
    return this.#inside;
  }

  get attributes(): Readonly<Attributes> {
    return { ...this.#inside.user.attributes };
  }

  setAttribute(key: string, value: AttributeValue): void {
    this.#change(withAttribute(this.#inside.user, toFlagKey(key), value));
  }

  decide(flagKey: string, options?: readonly DecideOption[]): FlagDecision {
    return decideFlag(openDecideCall(this.#inside, options), toFlagKey(flagKey));
  }

  decideForKeys(flagKeys: readonly string[], options?: readonly DecideOption[]): FlagDecisions {
    const keys = distinctFlagKeys(flagKeys);
    return keys.size === 0 ? {} : decideFlags(openDecideCall(this.#inside, options), keys);
  }

  decideAll(options?: readonly DecideOption[]): FlagDecisions {
    const call = openDecideCall(this.#inside, options);
    return decideFlags(call, call.config?.flags.keys() ?? []);
  }

  trackImpression(decision: unknown): void {
    recordHeldImpression(this.#inside.client, decision);
  }

  trackEvent(eventKey: string, eventTags?: EventTags): void {
    const { client, user } = this.#inside;
    if (client.steps.recorder) client.steps.recorder.conversion(user, eventKey, eventTags);
    else reportNoRecorder(client.problems);
  }

  setForcedDecision(target: ForcedDecisionTarget, forced: ForcedDecision): boolean {
    return this.#force(setForced(this.#inside.user.forcedDecisions, target, forced));
  }

  getForcedDecision(target: ForcedDecisionTarget): ForcedDecision | null {
    return getForced(this.#inside.user.forcedDecisions, target);
  }

  removeForcedDecision(target: ForcedDecisionTarget): boolean {
    return this.#force(removeForced(this.#inside.user.forcedDecisions, target));
  }

  removeAllForcedDecisions(): boolean {
    return this.#force(null);
  }

  get qualifiedSegments(): readonly string[] | null {
    const { qualifiedSegments } = this.#inside.user;
    return qualifiedSegments && [...qualifiedSegments];
  }

  set qualifiedSegments(segments: Iterable<string> | null) {
    this.#change(withSegments(this.#inside.user, readTexts(segments)));
  }

  isQualifiedFor(segment: string): boolean {
    return this.#inside.user.qualifiedSegments?.has(segment) ?? false;
  }

  clone(): this {
    return new this.#inside.client.UserContext(this.#inside) as this;
  }

  toJSON(): { userId: string; attributes: Attributes } {
    return { userId: this.userId, attributes: this.attributes };
  }

  /** By the method that functions use too: code that follows a context has one place to look at. */
  #change(user: UserSnapshot): void {
    this['sortition.user']({ ...this.#inside, user });
  }

  /** @param forced `undefined`: nothing is changed. */
  #force(forced: ForcedDecisions | null | undefined): boolean {
    if (forced !== undefined) this.#change(withForcedDecisions(this.#inside.user, forced));
    return forced !== undefined;
  }
}
