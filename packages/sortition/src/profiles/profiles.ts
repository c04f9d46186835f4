/**
 * Stored assignments around decisions: one lookup before, at most one save after, whatever the number of flags.
 *
 * A store is foreign code: it may throw, hang, answer garbage or turn out to be asynchronous. Each costs stickiness for
 * the call, shows as a reason and a problem, and nothing else.
 */
import {
  borrowProfile,
  type Problem,
  type Reason,
  SdkError,
  type UserProfileStore,
  type UserSnapshot,
} from '@sortition/core';
import { isThenable } from '../call-part.ts';
import { toDelayMs, withDeadline } from '../deadline.ts';
import { describeCause } from '../describe-cause.ts';
import { type FreshAssignments, findConflicts, mergeProfile, toNewAssignments } from './new-assignments.ts';
import { keepSession, NOTHING_STORED, type ProfileSession, toSession } from './profile-session.ts';
import { createSerialWriter, type ProfileWriter } from './serial-writer.ts';

/** What became of new assignments. */
export interface SaveResult {
  /** Those another writer made first: experiment id to the variation id that is stored. */
  readonly conflicts: FreshAssignments;
  /** Why they may not be stored, if so. */
  readonly reason?: Reason;
}

/** The profile store of a client, guarded. Nothing here throws or rejects. */
export interface Profiles {
  /** Looks the profile up now; of an asynchronous store only what was loaded is known. */
  open(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession;
  /** The same without asking a store that might do I/O. */
  peek(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession;
  /** Looks the profile up unless it was loaded, waiting for the store within the deadline. */
  openAsync(user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession | Promise<ProfileSession>;
  /** Looks the profile up for a context to keep. */
  load(user: UserSnapshot, limits: LoadLimits): Promise<ProfileSession>;
  /** Stores new assignments; an asynchronous store goes on in the background. */
  save(user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): SaveResult;
  /** The same, waiting for the store within the deadline; past it the store goes on in the background. */
  saveAsync(user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): Promise<SaveResult>;
}

/** Limits of one lookup. */
interface LoadLimits {
  /** Total, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What the guard needs of the client. */
export interface ProfilesHost {
  readonly timeoutMs: number;
  report(problem: Problem): void;
  reportOnce(problem: Problem): void;
  background(work: Promise<unknown>): void;
  /** `false` after close: nothing is stored any more. */
  mayRecord(): boolean;
}

/** Saves that a store may leave unanswered before further ones are refused: a store that hangs must not cost memory. */
const MAX_UNANSWERED = 10_000;

const SAVED: SaveResult = { conflicts: new Map() };

/** Guards a profile store. */
export function createProfiles(store: UserProfileStore, host: ProfilesHost): Profiles {
  /** Found out at the first lookup unless the store says so itself. */
  let synchronous: boolean | undefined = store.sync;
  let saves = 0;
  let unanswered = 0;
  let writer: ProfileWriter | undefined;

  const failed = (call: 'lookup' | 'save', user: UserSnapshot, cause: unknown): Reason => {
    const consequence =
      call === 'lookup'
        ? 'the decision was made without stored assignments'
        : 'the decision stands but may not be sticky';
    const code = `profile-${call}-failed` as const;
    const text = describeCause(cause);
    host.report({ code, part: 'profiles', message: `The profile store failed in "${call}"; ${consequence}.`, cause });
    return { code, userId: user.userId, message: text };
  };
  const lookupFailed = (user: UserSnapshot, cause: unknown): ProfileSession => ({
    ...NOTHING_STORED,
    reason: failed('lookup', user, cause),
  });
  const saveFailed = (user: UserSnapshot, cause: unknown): SaveResult => ({
    ...SAVED,
    reason: failed('save', user, cause),
  });

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
    if (store.lookup === undefined) return loaded ?? NOTHING_STORED;
    if (synchronous === false) return loaded ?? notLoaded(user);
    try {
      const answer = borrowProfile(store, user.userId);
      synchronous = !isThenable(answer);
      if (synchronous) return toSession(user.userId, answer, saves);
      Promise.resolve(answer).catch(() => undefined); // it comes too late for anybody to care
      return loaded ?? notLoaded(user);
    } catch (cause) {
      return lookupFailed(user, cause);
    }
  };

  const lookUp = async (user: UserSnapshot, limits: LoadLimits): Promise<ProfileSession> => {
    if (store.lookup === undefined) return NOTHING_STORED;
    try {
      const answer = borrowProfile(store, user.userId);
      if (!isThenable(answer)) {
        synchronous ??= true;
        return toSession(user.userId, answer, saves);
      }
      synchronous = false;
      const timeoutMs = toDelayMs(limits.timeoutMs, host.timeoutMs);
      const answered = await withDeadline('The lookup of a user profile', { ...limits, timeoutMs }, () => answer);
      return toSession(user.userId, answered, saves);
    } catch (cause) {
      return lookupFailed(user, cause);
    }
  };

  /** Answers the winners, or a promise of them. */
  const write = (user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): unknown => {
    const wanted = toNewAssignments(session, fresh);
    if (session.made) for (const [id, variationId] of fresh) session.made.set(id, variationId);
    if (unanswered >= MAX_UNANSWERED) {
      throw new SdkError('store-failed', `The profile store left ${unanswered} saves unanswered; it is given no more.`);
    }
    if (store.assign) return store.assign(user.userId, wanted);
    if (store.save === undefined) return {};
    if (store.lookup && synchronous === false) {
      writer ??= createSerialWriter(store);
      return writer(user, wanted);
    }
    return saveNow(user, session, wanted);
  };

  /** Saves a whole profile at once; one that another call has saved since it was looked up is looked up again. */
  const saveNow = (
    user: UserSnapshot,
    session: ProfileSession,
    wanted: ReturnType<typeof toNewAssignments>,
  ): unknown => {
    if (session.reason) return {}; // what could not be read is not overwritten
    const stale = session.savesBefore !== saves;
    const now = stale && store.lookup ? toSession(user.userId, store.lookup(user.userId), saves) : session;
    const { profile, winners } = mergeProfile(now, user, wanted);
    if (profile === null) return winners;
    saves += 1;
    const saved: unknown = store.save?.(profile);
    return isThenable(saved) ? Promise.resolve(saved).then(() => winners) : winners;
  };

  /** What a store answered; a loaded profile learns who won. */
  const settle = (session: ProfileSession, fresh: FreshAssignments, winners: unknown): SaveResult => {
    const conflicts = findConflicts(fresh, winners);
    if (conflicts.size === 0) return SAVED;
    if (session.made) for (const [id, variationId] of conflicts) session.made.set(id, variationId);
    return { conflicts };
  };

  /** Waits for a store in the background; resolves in any case. */
  const settleLater = (
    user: UserSnapshot,
    session: ProfileSession,
    fresh: FreshAssignments,
    written: PromiseLike<unknown>,
  ): Promise<SaveResult> => {
    unanswered += 1;
    const settled = Promise.resolve(written)
      .then((winners) => settle(session, fresh, winners))
      .catch((cause: unknown) => saveFailed(user, cause))
      .finally(() => {
        unanswered -= 1;
      });
    host.background(settled);
    return settled;
  };

  return {
    open,
    peek: (user, loaded) => (loaded || store.sync ? open(user, loaded) : NOTHING_STORED),
    openAsync: (user, loaded) => (loaded && !loaded.reason && synchronous === false ? loaded : lookUp(user, {})),
    load: async (user, limits) => keepSession(await lookUp(user, limits)),
    save(user, session, fresh) {
      if (session.reason?.code === 'profile-not-loaded' || !host.mayRecord()) return SAVED;
      try {
        const written = write(user, session, fresh);
        if (!isThenable(written)) return settle(session, fresh, written);
        void settleLater(user, session, fresh, written);
        return SAVED;
      } catch (cause) {
        return saveFailed(user, cause);
      }
    },
    async saveAsync(user, session, fresh) {
      if (!host.mayRecord()) return SAVED;
      try {
        const written = write(user, session, fresh);
        if (!isThenable(written)) return settle(session, fresh, written);
        const settled = settleLater(user, session, fresh, written);
        return await withDeadline('Saving a user profile', host, () => settled);
      } catch (cause) {
        return saveFailed(user, cause);
      }
    },
  };
}
