/** The user contexts of a client. */
import { getForced, removeForced, setForced } from '@sortition/client/internal';
import {
  createUserSnapshot,
  type ForcedDecisions,
  type ProjectConfig,
  type UserSnapshot,
  withAttribute,
  withForcedDecisions,
  withSegments,
} from '@sortition/core';
import { setOwn } from '@sortition/core/internal';
import type { ClientInternals } from './client-internals.ts';
import type {
  OptimizelyDecision,
  OptimizelyDecisionContext,
  OptimizelyForcedDecision,
  OptimizelyUserContext,
} from './contract/client.ts';
import type { OptimizelyDecideOption, OptimizelySegmentOption } from './contract/enums.ts';
import type { EventTags, UserAttributes } from './contract/user.ts';
import { type DecideCall, type Decisions, decideKeys, decideKeysAsync, errorDecision } from './decide-call.ts';
import { readDecideFlags } from './decide-flags.ts';
import { trackConversion } from './track.ts';

/** The content of a user context. Copies share the immutable snapshot. */
interface Inside {
  snapshot: UserSnapshot;
  /** Attributes as given by the application. */
  attributes: UserAttributes;
  segments: string[] | null;
}

/** A class rather than closures, because each decide call creates one. */
export class UserContext implements OptimizelyUserContext {
  readonly #client: ClientInternals;
  readonly #inside: Inside;

  constructor(client: ClientInternals, inside: Inside) {
    this.#client = client;
    this.#inside = inside;
  }

  static create(client: ClientInternals, userId: string, attributes: UserAttributes | undefined): UserContext {
    const own = { ...attributes };
    return new UserContext(client, { snapshot: createUserSnapshot(userId, own), attributes: own, segments: null });
  }

  get qualifiedSegments(): string[] | null {
    return this.#inside.segments;
  }

  set qualifiedSegments(segments: string[] | null) {
    const inside = this.#inside;
    inside.segments = segments;
    inside.snapshot = withSegments(inside.snapshot, Array.isArray(segments) ? new Set(segments) : null);
  }

  getUserId(): string {
    return this.#inside.snapshot.userId;
  }

  getAttributes(): UserAttributes {
    return { ...this.#inside.attributes };
  }

  setAttribute(key: string, value: unknown): void {
    const inside = this.#inside;
    inside.attributes = { ...inside.attributes };
    setOwn(inside.attributes, key, value);
    inside.snapshot = withAttribute(inside.snapshot, key, value);
  }

  decide(key: string, options?: OptimizelyDecideOption[]): OptimizelyDecision {
    const { call, config } = this.#open(options, 'decide');
    if (config === null) return errorDecision(call, key, [{ code: 'sdk-not-ready' }]);
    return decideKeys(withDisabled(call), config, [key])[key] as OptimizelyDecision;
  }

  async decideAsync(key: string, options?: OptimizelyDecideOption[]): Promise<OptimizelyDecision> {
    const { call, config } = this.#open(options, 'decide');
    if (config === null) return errorDecision(call, key, [{ code: 'sdk-not-ready' }]);
    return (await decideKeysAsync(withDisabled(call), config, [key]))[key] as OptimizelyDecision;
  }

  decideForKeys(keys: string[], options?: OptimizelyDecideOption[]): Decisions {
    const { call, config } = this.#open(options, 'decideForKeys');
    return config === null || keys.length === 0 ? {} : decideKeys(call, config, keys);
  }

  async decideForKeysAsync(keys: string[], options?: OptimizelyDecideOption[]): Promise<Decisions> {
    const { call, config } = this.#open(options, 'decideForKeys');
    return config === null || keys.length === 0 ? {} : decideKeysAsync(call, config, [...keys]);
  }

  decideAll(options?: OptimizelyDecideOption[]): Decisions {
    const { call, config } = this.#open(options, 'decideAll');
    return config === null ? {} : decideKeys(call, config, [...config.flags.keys()]);
  }

  async decideAllAsync(options?: OptimizelyDecideOption[]): Promise<Decisions> {
    const { call, config } = this.#open(options, 'decideAll');
    return config === null ? {} : decideKeysAsync(call, config, [...config.flags.keys()]);
  }

  trackEvent(eventName: string, eventTags?: EventTags): void {
    const { snapshot, attributes } = this.#inside;
    trackConversion(this.#client, { eventKey: eventName, userId: snapshot.userId, attributes, eventTags });
  }

  setForcedDecision(context: OptimizelyDecisionContext, decision: OptimizelyForcedDecision): boolean {
    return this.#force(setForced(this.#inside.snapshot.forcedDecisions, context, decision));
  }

  getForcedDecision(context: OptimizelyDecisionContext): OptimizelyForcedDecision | null {
    return getForced(this.#inside.snapshot.forcedDecisions, context);
  }

  removeForcedDecision(context: OptimizelyDecisionContext): boolean {
    return this.#force(removeForced(this.#inside.snapshot.forcedDecisions, context));
  }

  removeAllForcedDecisions(): boolean {
    return this.#force(null);
  }

  async fetchQualifiedSegments(options?: OptimizelySegmentOption[]): Promise<boolean> {
    const { platform, reporter } = this.#client;
    if (!platform) reporter.error('ODP Manager is missing. fetchQualifiedSegments failed.');
    const segments = (await platform?.fetchSegments(this.getUserId(), options)) ?? null;
    this.qualifiedSegments = segments && [...segments];
    return segments !== null;
  }

  isQualifiedFor(segment: string): boolean {
    return this.#inside.snapshot.qualifiedSegments?.has(segment) ?? false;
  }

  /** Starts a call for a copy of this user, with the current config. */
  #open(options: unknown, name: string): { readonly call: DecideCall; readonly config: ProjectConfig | null } {
    const client = this.#client;
    const { config } = client.core.state;
    if (config === null) client.reporter.error(`No project config available. Failing ${name}.`);
    const { snapshot, attributes, segments } = this.#inside;
    const userContext = new UserContext(client, { snapshot, attributes, segments });
    const flags = readDecideFlags(options, client.defaults, client.reporter);
    return { call: { client, snapshot, attributes, userContext, flags }, config };
  }

  /** @param forced `undefined`: nothing is changed. */
  #force(forced: ForcedDecisions | null | undefined): boolean {
    if (forced !== undefined) this.#inside.snapshot = withForcedDecisions(this.#inside.snapshot, forced);
    return forced !== undefined;
  }
}

/** A call for a single flag returns a decision even when the flag is disabled. */
function withDisabled(call: DecideCall): DecideCall {
  if (!call.flags.has('ENABLED_FLAGS_ONLY')) return call;
  const flags = new Set(call.flags);
  flags.delete('ENABLED_FLAGS_ONLY');
  return { ...call, flags };
}
