/**
 * The part of a client that the hooks use; clients of `sortition` and of `@sortition/client` have it, with any parts.
 */
import type { ForcedDecision, ForcedDecisionTarget, SnapshotDecision, UserFields } from '@sortition/client';
import type { Attributes, DecideOption } from '@sortition/core';

/** A client. */
export interface FlagsClient {
  readonly isReady: boolean;
  /** Rejects when there is no config within the timeout. */
  ready(options?: { readonly timeoutMs?: number }): Promise<void>;
  createUserContext(userId?: string, attributes?: Attributes): FlagsUser;
  /** Returns a function that removes the listener. */
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
  /** By default the visitor id of the client's part `platform`. */
  readonly id?: string | undefined;
  readonly attributes?: Readonly<Attributes> | undefined;
}
