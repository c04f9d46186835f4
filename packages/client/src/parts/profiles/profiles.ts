/** What the calls of a client ask of its profile store. */
import type { UserSnapshot } from '@sortition/core';
import type { Evaluated, EvaluateFlag } from '../../evaluated.ts';
import type { FreshAssignments } from './new-assignments.ts';
import type { ProfileSession } from './profile-session.ts';

/** Whose flags are decided, and the profile that was loaded for them. */
export interface StoredUser {
  readonly user: UserSnapshot;
  readonly loaded: ProfileSession | undefined;
}

/** The profile store of a client, guarded. Nothing here throws or rejects. */
export interface Profiles {
  /** Evaluates a flag with what is stored now (of an asynchronous store, with what was loaded), and stores what is new. */
  evaluateOne(of: StoredUser, flagKey: string, evaluate: EvaluateFlag): Evaluated;
  /** Evaluates several, with one lookup and at most one save. */
  evaluateAll(of: StoredUser, flagKeys: Iterable<string>, evaluate: EvaluateFlag): Iterable<Evaluated>;
  /** Looks the profile up for explanations: `undefined` where the store would have to do I/O. */
  peek(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession | undefined;
  /** Looks the profile up unless it was loaded, waiting for the store within the deadline. */
  openAsync(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession | Promise<ProfileSession>;
  /** Looks the profile up for a context to keep. */
  load(user: UserSnapshot, limits: LoadLimits): Promise<ProfileSession>;
  /** Stores new assignments, waiting for the store within the deadline; past it the store goes on in the background. */
  saveAsync(user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): Promise<ProfileSession>;
  /** Completes evaluations by what storing their assignments came to. */
  completeAll(session: ProfileSession, evaluations: Iterable<Evaluated>, evaluate: EvaluateFlag): Iterable<Evaluated>;
}

/** Limits of one lookup. */
export interface LoadLimits {
  /** Total, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
