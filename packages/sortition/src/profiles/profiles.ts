/**
 * Stored assignments around decisions: one lookup before, at most one save after, whatever the number of flags.
 *
 * A store is foreign code: it may throw, hang, answer garbage or turn out to be asynchronous. Each costs stickiness for
 * the call, shows as a reason and a problem, and nothing else.
 */
import type { Problem, Reason, UserProfileStore, UserSnapshot } from '@sortition/core';
import { isThenable } from '../client-events.ts';
import { withDeadline } from '../deadline.ts';
import { describeCause } from '../describe-cause.ts';
import {
  findConflicts,
  mergeProfile,
  NOTHING_STORED,
  type ProfileSession,
  toNewAssignments,
  toSession,
} from './profile-session.ts';

/** New assignments: experiment id to variation id. */
export type FreshAssignments = ReadonlyMap<string, string>;

/** The profile store of a client, guarded. Nothing here throws or rejects. */
export interface Profiles {
  /** Looks the profile up now; of an asynchronous store nothing is known. */
  open(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession;
  /** The same without asking a store that might do I/O. */
  peek(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession;
  /** Looks the profile up, waiting for the store within the deadline. */
  openAsync(user: UserSnapshot, loaded: ProfileSession | undefined): Promise<ProfileSession>;
  /** Looks the profile up for a context to keep. */
  load(user: UserSnapshot, limits: { timeoutMs?: number; signal?: AbortSignal }): Promise<ProfileSession>;
  /** Stores new assignments and returns those another writer made first; an asynchronous store goes on in the background. */
  save(user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): FreshAssignments;
  /** The same, waiting for the store within the deadline. */
  saveAsync(user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): Promise<FreshAssignments>;
}

/** What the guard needs of the client. */
export interface ProfilesHost {
  readonly timeoutMs: number;
  report(problem: Problem): void;
  reportOnce(problem: Problem): void;
  background(work: Promise<unknown>): void;
}

const NO_CONFLICTS: FreshAssignments = new Map();

/** Guards a profile store. */
export function createProfiles(store: UserProfileStore, host: ProfilesHost): Profiles {
  /** Found out at the first lookup unless the store says so itself. */
  let synchronous: boolean | undefined = store.sync;

  const lookupFailed = (user: UserSnapshot, cause: unknown): ProfileSession => {
    host.report({
      code: 'profile-lookup-failed',
      part: 'profiles',
      message: 'The profile store failed in "lookup"; the decision was made without stored assignments.',
      cause,
    });
    const reason: Reason = { code: 'profile-lookup-failed', userId: user.userId, message: describeCause(cause) };
    return { ...NOTHING_STORED, reason };
  };

  const saveFailed = (cause: unknown): FreshAssignments => {
    host.report({
      code: 'profile-save-failed',
      part: 'profiles',
      message: 'The profile store failed to save; the decision stands but may not be sticky.',
      cause,
    });
    return NO_CONFLICTS;
  };

  const notLoaded = (user: UserSnapshot): ProfileSession => {
    host.reportOnce({
      code: 'profile-not-loaded',
      part: 'profiles',
      message:
        'A synchronous decision cannot wait for an asynchronous profile store. Call "await user.load()" first, or use "decideAsync".',
    });
    return { ...NOTHING_STORED, reason: { code: 'profile-not-loaded', userId: user.userId } };
  };

  const open = (user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession => {
    if (loaded) return loaded;
    if (store.lookup === undefined) return NOTHING_STORED;
    if (synchronous === false) return notLoaded(user);
    try {
      const answer = store.lookup(user.userId);
      synchronous = !isThenable(answer);
      if (synchronous) return toSession(user.userId, answer);
      Promise.resolve(answer).catch(() => undefined); // it comes too late for anybody to care
      return notLoaded(user);
    } catch (cause) {
      return lookupFailed(user, cause);
    }
  };

  const load = async (
    user: UserSnapshot,
    limits: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<ProfileSession> => {
    if (store.lookup === undefined) return NOTHING_STORED;
    try {
      const answer = store.lookup(user.userId);
      synchronous ??= !isThenable(answer);
      if (!isThenable(answer)) return toSession(user.userId, answer);
      const timeoutMs = limits.timeoutMs ?? host.timeoutMs;
      return toSession(
        user.userId,
        await withDeadline(answer, 'The lookup of a user profile', timeoutMs, limits.signal),
      );
    } catch (cause) {
      return lookupFailed(user, cause);
    }
  };

  /** Calls the store's atomic method, or its classic one, which knows no conflicts. */
  const write = (user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): unknown => {
    if (store.assign) return store.assign(user.userId, toNewAssignments(session, fresh));
    return store.save?.(mergeProfile(user, session, fresh));
  };

  const saveAsync = async (
    user: UserSnapshot,
    session: ProfileSession,
    fresh: FreshAssignments,
  ): Promise<FreshAssignments> => {
    try {
      const written = write(user, session, fresh);
      if (!isThenable(written)) return findConflicts(fresh, written);
      const saving = Promise.resolve(written);
      host.background(saving.catch(() => undefined));
      return findConflicts(fresh, await withDeadline(saving, 'Saving a user profile', host.timeoutMs));
    } catch (cause) {
      return saveFailed(cause);
    }
  };

  return {
    open,
    peek: (user, loaded) => (loaded || store.sync ? open(user, loaded) : NOTHING_STORED),
    openAsync: async (user, loaded) => loaded ?? load(user, {}),
    load,
    save(user, session, fresh) {
      if (session.reason?.code === 'profile-not-loaded') return NO_CONFLICTS;
      try {
        const written = write(user, session, fresh);
        if (!isThenable(written)) return findConflicts(fresh, written);
        host.background(Promise.resolve(written).catch(saveFailed));
        return NO_CONFLICTS;
      } catch (cause) {
        return saveFailed(cause);
      }
    },
    saveAsync,
  };
}
