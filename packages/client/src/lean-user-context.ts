/** The user contexts of a client. */
import {
  type Attributes,
  type AttributeValue,
  type DecideOption,
  type EventTags,
  type ForcedDecisions,
  type UserSnapshot,
  withForcedDecisions,
  withSegments,
} from '@sortition/core';
import { withAttributes } from '@sortition/core/internal';
import type { ClientInternals, Opened, UserInternals } from './client-internals.ts';
import { decideFlag, decideFlags, type FlagDecisions, openDecideCall } from './decide-call.ts';
import type { FlagDecision } from './flag-decision.ts';
import {
  type ForcedDecision,
  type ForcedDecisionTarget,
  getForced,
  removeForced,
  setForced,
} from './forced-decisions.ts';
import type { UserFields } from './lean-user.ts';
import type { Recorder } from './part.ts';
import { distinctFlagKeys, readTexts, toKey } from './read-input.ts';

/** A class because one is made per request: one hidden class, no closures. */
export class LeanUserContext implements UserFields, Opened {
  declare readonly userId: string;
  declare readonly 'sortition.changed'?: () => void;
  #inside: UserInternals;
  /**
   * Attributes that were set but not read yet. Applying changes copies all attributes, so several changes are applied
   * together.
   */
  #set: Map<string, unknown> | undefined;

  constructor(inside: UserInternals) {
    this.userId = inside.user.userId;
    this.#inside = inside;
  }

  'sortition.user'(replace?: UserInternals): UserInternals {
    if (!replace) return this.#current;
    this.#inside = replace;
    this['sortition.changed']?.();
    return replace;
  }

  get attributes(): Readonly<Attributes> {
    return { ...this.#current.user.attributes };
  }

  setAttribute(key: string, value: AttributeValue): void {
    this.#set ??= new Map();
    this.#set.set(toKey(key), value);
    // Objects are read now, because the caller may change them later.
    if (Object(value) === value) this.#settle();
    // Notifies observers of the context.
    this['sortition.user'](this.#inside);
  }

  decide(flagKey: string, options?: readonly DecideOption[]): FlagDecision {
    return decideFlag(openDecideCall(this.#current, options), flagKey);
  }

  decideForKeys(flagKeys: readonly string[], options?: readonly DecideOption[]): FlagDecisions {
    const keys = distinctFlagKeys(flagKeys);
    return keys.size === 0 ? {} : decideFlags(openDecideCall(this.#current, options), keys);
  }

  decideAll(options?: readonly DecideOption[]): FlagDecisions {
    const call = openDecideCall(this.#current, options);
    return decideFlags(call, call.config?.flags.keys() ?? []);
  }

  trackImpression(decision: unknown): void {
    recorderOf(this.#current.client)?.heldImpression(decision);
  }

  trackEvent(eventKey: string, eventTags?: EventTags): void {
    const { client, user } = this.#current;
    recorderOf(client)?.conversion(user, eventKey, eventTags);
  }

  setForcedDecision(target: ForcedDecisionTarget, forced: ForcedDecision): boolean {
    return this.#force(setForced(this.#current.user.forcedDecisions, target, forced));
  }

  getForcedDecision(target: ForcedDecisionTarget): ForcedDecision | null {
    return getForced(this.#current.user.forcedDecisions, target);
  }

  removeForcedDecision(target: ForcedDecisionTarget): boolean {
    return this.#force(removeForced(this.#current.user.forcedDecisions, target));
  }

  removeAllForcedDecisions(): boolean {
    return this.#force(null);
  }

  get qualifiedSegments(): readonly string[] | null {
    const { qualifiedSegments } = this.#current.user;
    return qualifiedSegments && [...qualifiedSegments];
  }

  set qualifiedSegments(segments: Iterable<string> | null) {
    this.#change(withSegments(this.#current.user, readTexts(segments)));
  }

  isQualifiedFor(segment: string): boolean {
    return this.#current.user.qualifiedSegments?.has(segment) ?? false;
  }

  clone(): this {
    return new this.#current.client.UserContext(this.#current) as this;
  }

  toJSON(): { userId: string; attributes: Attributes } {
    return { userId: this.userId, attributes: this.attributes };
  }

  get #current(): UserInternals {
    if (this.#set) this.#settle();
    return this.#inside;
  }

  #settle(): void {
    const user = withAttributes(this.#inside.user, this.#set ?? []);
    this.#set = undefined;
    this.#inside = { ...this.#inside, user };
  }

  /** Uses the same method as the functions, so that every change goes through one place, which observers can watch. */
  #change(user: UserSnapshot): void {
    this['sortition.user']({ ...this.#inside, user });
  }

  /** @param forced `undefined`: no change. */
  #force(forced: ForcedDecisions | null | undefined): boolean {
    if (forced !== undefined) this.#change(withForcedDecisions(this.#current.user, forced));
    return forced !== undefined;
  }
}

/** Returns the recorder; reports a problem when there is none, because the event would be lost. */
function recorderOf({ problems, steps }: ClientInternals): Recorder | undefined {
  const message = 'The client does not record events. Pass "recordTo(createBatchEvents())" among its parts.';
  if (!steps.recorder) problems.reportFirst({ code: 'no-event-sink', part: 'events', message });
  return steps.recorder;
}
