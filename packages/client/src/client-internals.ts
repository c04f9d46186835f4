/**
 * The inside of clients and user contexts, for the functions that work on them. Found under registered names, so that
 * several copies of this package in one process understand each other.
 */
import { type ConfigSource, SdkError, type UserSnapshot } from '@sortition/core';
import type { ClientCore, ClientState } from './client-core.ts';
import type { DecidedUser } from './flag-decision.ts';
import type { DecisionSteps, PartHooks } from './part.ts';
import type { ProfileSession } from './parts/profiles/profile-session.ts';

/** A client as its calls see it: fixed parts, and the state that changes. */
export interface ClientInternals extends ClientCore {
  readonly state: ClientState;
  /** The steps that parts brought. */
  readonly steps: DecisionSteps;
  readonly hooks: readonly PartHooks[];
  readonly source: ConfigSource;
  /** Decide options that apply to every call, as bits. */
  readonly defaultBits: number;
  /** The class of its user contexts. */
  readonly UserContext: UserContextClass;
}

/** Makes the user contexts of a client. */
export type UserContextClass = new (inside: UserInternals) => DecidedUser;

/** A user context as its calls see it. Replaced as a whole when something of it changes, so that copies may share it. */
export interface UserInternals {
  readonly client: ClientInternals;
  readonly user: UserSnapshot;
  readonly loaded: ProfileSession | undefined;
}

/** Where a client has its inside. */
export const CLIENT: unique symbol = /* @__PURE__ */ Symbol.for('sortition.client') as never;

/** A user context that functions can look into. */
export interface Opened extends Followed {
  /** Answers the inside, after `replace` replaced it where it is given. */
  'sortition.user'(replace?: UserInternals): UserInternals;
}

/** A user context that can be followed. */
export interface Followed {
  /** Called after each change of the context, by any caller; set by a binding that shows its decisions. Copies are not followed. */
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

/** Tells the config source that a decision is made, or that a caller waits for a config. Not after close. */
export function useConfigSource(client: ClientInternals, purpose: 'decision' | 'ready'): void {
  const { source, problems } = client;
  if (source.used === undefined || client.state.isClosed) return;
  problems.guard('config', 'used', () => source.used?.(client.inBackground, purpose));
}

/** Calls a hook of parts; one that fails is a problem of its part. Answers what the hooks answered. */
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
