/** What the hooks need of a client: those of `sortition` and of `@sortition/client` fit, whatever parts they have. */
import type { ForcedDecision, ForcedDecisionTarget, SnapshotDecision, UserFields } from '@sortition/client';
import type { Attributes, DecideOption } from '@sortition/core';

/** A client. */
export interface FlagsClient {
  readonly isReady: boolean;
  /** Rejects when there is no config in time. */
  ready(options?: { readonly timeoutMs?: number }): Promise<void>;
  createUserContext(userId?: string, attributes?: Attributes): FlagsUser;
  /** Returns what ends it. */
  on(event: 'config-update', listener: () => void): () => void;
}

/** A user context. */
export interface FlagsUser extends UserFields {
  decide(
    flagKey: string,
    options?: readonly DecideOption[],
  ): SnapshotDecision & { readonly reasons: readonly unknown[] };
  setForcedDecision(target: ForcedDecisionTarget, forced: ForcedDecision): boolean;
}

/** The user that decisions are for, as given to the provider. */
export interface FlagsUserInput {
  /** The visitor id of the client's part `platform` unless given. */
  readonly id?: string | undefined;
  readonly attributes?: Readonly<Attributes> | undefined;
}
