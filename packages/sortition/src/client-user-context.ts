/** The user contexts a client hands out. */
import {
  type Attributes,
  type AttributeValue,
  type DecideOption,
  type EventTags,
  type Explanation,
  type ForcedDecisions,
  type SegmentOption,
  type UserSnapshot,
  withAttribute,
  withForcedDecisions,
  withSegments,
} from '@sortition/core';
import { ENABLED_FLAGS_ONLY, parseDecideOptions } from './decide-bits.ts';
import { type DecideCall, decideFlag, decideFlags } from './decide-call.ts';
import { decideFlagsAsync } from './decide-call-async.ts';
import { explainFlag } from './explain.ts';
import { distinctFlagKeys, toFlagKey } from './flag-keys.ts';
import {
  type ForcedDecision,
  type ForcedDecisionTarget,
  getForced,
  removeForced,
  setForced,
} from './forced-decisions.ts';
import { recordHeldImpression } from './impressions.ts';
import type { ProfileSession } from './profiles/profile-session.ts';
import { readFields, readTexts } from './read-input.ts';
import { type Runtime, useConfigSource } from './runtime.ts';
import { callBack, type FetchSegmentsOptions, fetchSegments, type SegmentsCallback } from './segments.ts';
import { trackConversion } from './track.ts';
import type { AnyFlags } from './typed-flags.ts';
import type { Decision, Decisions, LoadOptions, UserContext } from './user-context.ts';

/** A class because one is made per request: one hidden class, no closures. */
export class ClientUserContext implements UserContext {
  declare readonly userId: string;
  readonly #runtime: Runtime;
  #user: UserSnapshot;
  #loaded: ProfileSession | undefined;

  constructor(runtime: Runtime, user: UserSnapshot, loaded?: ProfileSession) {
    this.userId = user.userId;
    this.#runtime = runtime;
    this.#user = user;
    this.#loaded = loaded;
  }

  get attributes(): Readonly<Attributes> {
    return { ...this.#user.attributes };
  }

  setAttribute(key: string, value: AttributeValue): void {
    this.#user = withAttribute(this.#user, toFlagKey(key), value);
  }

  decide<K extends string>(flagKey: K, options?: readonly DecideOption[]): Decision<AnyFlags, K> {
    return decideFlag(this.#decideCall(options), toFlagKey(flagKey)) as Decision<AnyFlags, K>;
  }

  decideForKeys(flagKeys: readonly string[], options?: readonly DecideOption[]): Decisions {
    const keys = distinctFlagKeys(flagKeys);
    return keys.size === 0 ? {} : decideFlags(this.#decideCall(options), keys);
  }

  decideAll(options?: readonly DecideOption[]): Decisions {
    const call = this.#decideCall(options);
    return decideFlags(call, call.config?.flags.keys() ?? []);
  }

  async decideAsync<K extends string>(flagKey: K, options?: readonly DecideOption[]): Promise<Decision<AnyFlags, K>> {
    const key = toFlagKey(flagKey);
    const call = this.#decideCall(options);
    const decisions = await decideFlagsAsync({ ...call, bits: call.bits & ~ENABLED_FLAGS_ONLY }, [key]);
    return decisions[key] as Decision<AnyFlags, K>;
  }

  async decideForKeysAsync(flagKeys: readonly string[], options?: readonly DecideOption[]): Promise<Decisions> {
    const keys = distinctFlagKeys(flagKeys);
    return keys.size === 0 ? {} : decideFlagsAsync(this.#decideCall(options), keys);
  }

  async decideAllAsync(options?: readonly DecideOption[]): Promise<Decisions> {
    const call = this.#decideCall(options);
    return decideFlagsAsync(call, call.config?.flags.keys() ?? []);
  }

  async load(options?: LoadOptions): Promise<void> {
    const given = readFields(options, 'profile', 'segments', 'timeoutMs', 'signal');
    const { profile = true, segments = true } = given;
    const { profiles, options: parts } = this.#runtime;
    const loading: Promise<unknown>[] = [];
    if (profile && profiles) loading.push(profiles.load(this.#user, given).then((loaded) => this.#keep(loaded)));
    if (segments && parts.odp) loading.push(this.fetchQualifiedSegments(given));
    await Promise.all(loading);
  }

  explain(flagKey: string, options?: readonly DecideOption[]): Explanation {
    return explainFlag(this.#call(options), toFlagKey(flagKey));
  }

  trackImpression(decision: Decision): void {
    recordHeldImpression(this.#runtime, decision);
  }

  trackEvent(eventKey: string, eventTags?: EventTags): void {
    trackConversion(this.#runtime, this.#user, eventKey, eventTags);
  }

  setForcedDecision(target: ForcedDecisionTarget, forced: ForcedDecision): boolean {
    return this.#force(setForced(this.#user.forcedDecisions, target, forced));
  }

  getForcedDecision(target: ForcedDecisionTarget): ForcedDecision | null {
    return getForced(this.#user.forcedDecisions, target);
  }

  removeForcedDecision(target: ForcedDecisionTarget): boolean {
    return this.#force(removeForced(this.#user.forcedDecisions, target));
  }

  removeAllForcedDecisions(): boolean {
    return this.#force(null);
  }

  get qualifiedSegments(): readonly string[] | null {
    const { qualifiedSegments } = this.#user;
    return qualifiedSegments && [...qualifiedSegments];
  }

  set qualifiedSegments(segments: Iterable<string> | null) {
    this.#user = withSegments(this.#user, readTexts(segments));
  }

  isQualifiedFor(segment: string): boolean {
    return this.#user.qualifiedSegments?.has(segment) ?? false;
  }

  async fetchQualifiedSegments(
    first?: SegmentsCallback | readonly SegmentOption[] | FetchSegmentsOptions,
    second?: SegmentsCallback,
  ): Promise<boolean> {
    const segments = await fetchSegments(this.#runtime, this.userId, first);
    this.qualifiedSegments = segments;
    callBack(this.#runtime, typeof first === 'function' ? first : second, segments !== null);
    return segments !== null;
  }

  clone(): ClientUserContext {
    return new ClientUserContext(this.#runtime, this.#user, this.#loaded);
  }

  toJSON(): { userId: string; attributes: Attributes } {
    return { userId: this.userId, attributes: this.attributes };
  }

  /** @param forced `undefined`: nothing is changed. */
  #force(forced: ForcedDecisions | null | undefined): boolean {
    if (forced === undefined) return false;
    this.#user = withForcedDecisions(this.#user, forced);
    return true;
  }

  /** A profile that could not be looked up does not replace one that could. */
  #keep(loaded: ProfileSession): void {
    if (!loaded.reason || !this.#loaded) this.#loaded = loaded;
  }

  #decideCall(options: readonly DecideOption[] | undefined): DecideCall {
    useConfigSource(this.#runtime, 'decision');
    return this.#call(options);
  }

  #call(options: readonly DecideOption[] | undefined): DecideCall {
    const runtime = this.#runtime;
    const { config, defaultBits } = runtime;
    const bits = options === undefined ? defaultBits : defaultBits | parseDecideOptions(options);
    return { runtime, config, user: this.#user, userContext: this.clone(), loaded: this.#loaded, bits };
  }
}
