/** The client, as an application sees it. */
import type { Attributes, DeliveryReport, Reason } from '@sortition/core';
import type { ClientEvents, ClientListener } from './client-events.ts';
import type { ClientStats } from './client-stats.ts';
import type { DeliveryOptions } from './delivery.ts';
import type { AttributesOf, LeanUser, UserFields } from './lean-user.ts';
import type { ReadyOptions } from './ready.ts';
import type { AnyFlags, FlagMap } from './typed-flags.ts';

/**
 * `await using` for those whose compiler knows it: empty without `lib.esnext.disposable`. A reference to the symbol would break
 * the declarations for everybody else.
 */
export type AsyncDisposal = SymbolConstructor extends { readonly asyncDispose: infer S extends symbol }
  ? { readonly [K in S]: () => Promise<void> }
  : Record<never, never>;

/**
 * Decides flags for users, with the parts it was given. Create one per process and project, and close it at the end.
 *
 * @typeParam R The type of reasons: data, or texts with the part `reasonTexts`.
 */
export type LeanClient<F extends FlagMap<F> = AnyFlags, R = Reason | string> = LeanClientOf<LeanUser<F, R>, R>;

/** `LeanClient` by its user contexts, so that a client of described flags is assignable to one of any flags. */
export interface LeanClientOf<User extends UserFields, R = string> extends AsyncDisposal {
  /** Whether there is a config to decide with. */
  readonly isReady: boolean;
  /**
   * Resolves when there is a config.
   *
   * @throws SdkError `not-ready` after the timeout, `aborted`, or `closed`; `invalid-option` when `signal` is not a signal.
   */
  ready(options?: ReadyOptions): Promise<void>;
  /** @throws SdkError `invalid-user` when the id is not a string, or absent without a visitor id. */
  createUserContext<A extends AttributesOf<A> = Attributes>(userId?: string, attributes?: A): User;
  /** Adds a listener; returns a function that removes it. */
  on<E extends keyof ClientEvents>(event: E, listener: ClientListener<E, R>): () => void;
  /** Sends queued events and waits for that, for at most `timeoutMs` (5,000). Never rejects. */
  flush(options?: DeliveryOptions): Promise<DeliveryReport>;
  /**
   * Flushes and stops every part. Idempotent, never rejects. Decisions continue to work with the last config and record
   * nothing.
   */
  close(options?: DeliveryOptions): Promise<DeliveryReport>;
  stats(): ClientStats;
}
