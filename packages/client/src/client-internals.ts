/**
 * The internals of clients and user contexts, for the functions that work on them. They are found under registered
 * symbols or fixed names, so that several copies of this package in one process work together.
 */
import { type ConfigSource, SdkError, type UserSnapshot } from '@sortition/core';
import type { ClientCore, ClientState } from './client-core.ts';
import type { DecidedUser } from './flag-decision.ts';
import type { DecisionSteps, PartHooks } from './part.ts';
import type { ProfileSession } from './parts/profiles/profile-session.ts';

/** A client as its calls see it. */
export interface ClientInternals extends ClientCore {
  readonly state: ClientState;
  /** The steps of its parts. */
  readonly steps: DecisionSteps;
  readonly hooks: readonly PartHooks[];
  readonly source: ConfigSource;
  /** Decide options that apply to every call, as bits. */
  readonly defaultBits: number;
  /** The class of its user contexts. */
  readonly UserContext: UserContextClass;
}

/** Creates the user contexts of a client. */
export type UserContextClass = new (inside: UserInternals) => DecidedUser;

/** A user context as its calls see it. It is replaced as a whole by every change, so that copies may share it. */
export interface UserInternals {
  readonly client: ClientInternals;
  readonly user: UserSnapshot;
  readonly loaded: ProfileSession | undefined;
}

/** The key of a client's internals. */
export const CLIENT: unique symbol = /* @__PURE__ */ Symbol.for('sortition.client') as never;

/** A user context whose internals functions can read. */
export interface Opened extends Followed {
  /** Returns the internals; first replaces them by `replace`, if given. */
  'sortition.user'(replace?: UserInternals): UserInternals;
}

/** A user context whose changes can be observed. */
export interface Followed {
  /** Called after each change of the context; set by a binding that shows its decisions. Copies do not have it. */
  readonly 'sortition.changed'?: () => void;
}

/** @throws SdkError `invalid-option` when it is not a client */
export function clientOf(client: object): ClientInternals {
  const open = (client as { readonly [CLIENT]?: () => ClientInternals } | null | undefined)?.[CLIENT];
  if (typeof open !== 'function')
    throw new SdkError('invalid-option', 'The argument is not a client; expected what createClient returned.');
  return open();
}

/** @throws SdkError `invalid-user` when it is not a user context */
export function insideOf(user: object): UserInternals {
  const open = (user as Partial<Opened> | null | undefined)?.['sortition.user'];
  if (typeof open !== 'function') {
    throw new SdkError('invalid-user', 'The argument is not a user context; expected what createUserContext returned.');
  }
  return open.call(user);
}

/**
 * Notifies the config source that a decision is made, or that a caller waits for a config. Does nothing after close.
 */
export function useConfigSource(client: ClientInternals, purpose: 'decision' | 'ready'): void {
  const { source, problems } = client;
  if (source.used === undefined || client.state.isClosed) return;
  problems.guard('config', 'used', () => source.used?.(client.inBackground, purpose));
}

/** Calls a hook of all parts; a hook that fails is a problem of its part. Returns the results. */
export function callHooks(
  { problems }: Pick<ClientCore, 'problems'>,
  hooks: readonly PartHooks[],
  name: 'configure' | 'decided' | 'user' | 'userId' | 'stats',
  ...given: readonly unknown[]
): readonly unknown[] {
  return hooks.map((hook) =>
    problems.guard(hook.part ?? 'client', name, () =>
      (hook as Readonly<Record<string, ((...given: readonly unknown[]) => unknown) | undefined>>)[name]?.(...given),
    ),
  );
}
