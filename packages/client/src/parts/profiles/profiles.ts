/** What the calls of a client need from its profile store. */
import type { UserSnapshot } from '@sortition/core';
import type { Evaluated, EvaluateFlag } from '../../evaluated.ts';
import type { FreshAssignments } from './new-assignments.ts';
import type { ProfileSession } from './profile-session.ts';

/** The user, and the profile that was loaded for them. */
export interface StoredUser {
  readonly user: UserSnapshot;
  readonly loaded: ProfileSession | undefined;
}

/** The guarded profile store of a client. Its methods neither throw nor reject. */
export interface Profiles {
  /** Evaluates a flag with stored assignments (of an asynchronous store: with loaded ones), and stores new ones. */
  evaluateOne(of: StoredUser, flagKey: string, evaluate: EvaluateFlag): Evaluated;
  /** Evaluates several, with one lookup and at most one save. */
  evaluateAll(of: StoredUser, flagKeys: Iterable<string>, evaluate: EvaluateFlag): Iterable<Evaluated>;
  /** Looks up the profile for explanations; `undefined` if the store would have to do I/O. */
  peek(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession | undefined;
  /** Looks up the profile unless it was loaded, and waits for the store within the deadline. */
  openAsync(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession | Promise<ProfileSession>;
  /** Looks up the profile for a context to keep. */
  load(user: UserSnapshot, limits: LoadLimits): Promise<ProfileSession>;
  /**
   * Stores new assignments and waits for the store within the deadline; after that the store continues in the
   * background.
   */
  saveAsync(user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): Promise<ProfileSession>;
  /** Completes evaluations with the result of storing their assignments. */
  completeAll(session: ProfileSession, evaluations: Iterable<Evaluated>, evaluate: EvaluateFlag): Iterable<Evaluated>;
}

/** Limits of one lookup. */
export interface LoadLimits {
  /** Total, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
