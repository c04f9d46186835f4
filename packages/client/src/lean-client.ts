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
 * @typeParam R What the reasons of decisions are: data, or texts with the part `reasonTexts`.
 */
export type LeanClient<F extends FlagMap<F> = AnyFlags, R = Reason | string> = LeanClientOf<LeanUser<F, R>, R>;

/** `LeanClient` by the users it creates: a client of described flags fits where one of any flags is asked for. */
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
  /** Listens to an event; returns a function that stops it. */
  on<E extends keyof ClientEvents>(event: E, listener: ClientListener<E, R>): () => void;
  /** Sends what is queued and waits for it, for at most `timeoutMs` (5,000). Never rejects. */
  flush(options?: DeliveryOptions): Promise<DeliveryReport>;
  /** Flushes and stops every part. Idempotent, never rejects; decisions go on with the last config and record nothing. */
  close(options?: DeliveryOptions): Promise<DeliveryReport>;
  stats(): ClientStats;
}
