/** What the calls of a client ask of its profile store. */
import type { UserSnapshot } from '@sortition/core';
import type { FreshAssignments } from './new-assignments.ts';
import type { ProfileSession } from './profile-session.ts';

/** The profile store of a client, guarded. Nothing here throws or rejects. */
export interface Profiles {
  /** Looks the profile up now; of an asynchronous store only what was loaded is known. */
  open(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession;
  /** The same for explanations: `undefined` where the store would have to do I/O. */
  peek(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession | undefined;
  /** Looks the profile up unless it was loaded, waiting for the store within the deadline. */
  openAsync(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession | Promise<ProfileSession>;
  /** Looks the profile up for a context to keep. */
  load(user: UserSnapshot, limits: LoadLimits): Promise<ProfileSession>;
  /** Stores new assignments and answers how the session stands then; an asynchronous store goes on in the background. */
  save(user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): ProfileSession;
  /** The same, waiting for the store within the deadline; past it the store goes on in the background. */
  saveAsync(user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): Promise<ProfileSession>;
}

/** Limits of one lookup. */
export interface LoadLimits {
  /** Total, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
