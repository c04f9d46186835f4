/**
 * Stored assignments around decisions: one lookup before and at most one save after, for any number of flags.
 *
 * A store is foreign code: it may throw, hang, return garbage or turn out to be asynchronous. Then the call is decided
 * without stored assignments, with a reason and a problem; there is no other effect.
 */
import { type NewAssignments, SdkError, type UserProfileStore, type UserSnapshot, type Winners } from '@sortition/core';
import { borrowProfile, isThenable } from '@sortition/core/internal';
import type { ClientCore } from '../../client-core.ts';
import { toDelayMs, withLimits } from '../../deadline.ts';
import { addAssignment, evaluateInTurn } from '../../evaluated.ts';
import { describeCause } from '../../read-input.ts';
import { complete, completeAll } from './evaluate-stored.ts';
import { type FreshAssignments, findConflicts, mergeProfile, toNewAssignments } from './new-assignments.ts';
import { keepSession, type ProfileSession, toSession } from './profile-session.ts';
import type { LoadLimits, Profiles } from './profiles.ts';
import { createSerialWriter } from './serial-writer.ts';

/**
 * Number of unfinished saves after which further ones are refused, so that a store that hangs does not use up memory.
 */
const MAX_UNANSWERED = 10_000;

/**
 * Guards a profile store.
 *
 * @param timeoutMs Total for a lookup, and for a save; after that the decision continues without it.
 */
export function createProfiles(store: UserProfileStore, client: ClientCore, timeoutMs: number): Profiles {
  const { problems } = client;
  /** Set by the store, or by the first lookup. */
  let synchronous: boolean | undefined = store.sync;
  let saves = 0;
  let unanswered = 0;

  const failed = (call: 'lookup' | 'save', { userId }: UserSnapshot, cause: unknown): ProfileSession => {
    const code = `profile-${call}-failed` as const;
    const consequence =
      call === 'lookup'
        ? 'the decision was made without stored assignments'
        : 'the decision stands but may not be sticky';
    const message = `The profile store failed in "${call}"; ${consequence}.`;
    problems.report({ code, part: 'profiles', message, cause });
    return { reason: { code, userId, message: describeCause(cause) } };
  };

  const notLoaded = ({ userId }: UserSnapshot): ProfileSession => {
    const code = 'profile-not-loaded';
    problems.reportFirst({
      code,
      part: 'profiles',
      message:
        'A synchronous decision cannot wait for an asynchronous profile store. Call "await user.load()" first, or use "decideAsync".',
    });
    return { reason: { code, userId } };
  };

  /**
   * Returns the session of a synchronous store, or the promise of an asynchronous one; an empty session for a store
   * without `lookup`.
   */
  const look = (user: UserSnapshot): ProfileSession | PromiseLike<unknown> => {
    try {
      const answer = borrowProfile(store, user.userId);
      if (isThenable(answer)) {
        synchronous = false;
        return answer;
      }
      synchronous ??= true;
      return toSession(user.userId, answer, saves);
    } catch (cause) {
      return failed('lookup', user, cause);
    }
  };

  const open = (user: UserSnapshot, loaded: ProfileSession | undefined): ProfileSession => {
    if (loaded && store.lookup === undefined) return loaded;
    if (synchronous !== false) {
      const session = look(user);
      if (!isThenable(session)) return session;
      Promise.resolve(session).catch(() => undefined); // it comes too late for this decision
    }
    return loaded ?? notLoaded(user);
  };

  const lookUp = async (user: UserSnapshot, wanted: LoadLimits): Promise<ProfileSession> => {
    const session = look(user);
    if (!isThenable(session)) return session;
    try {
      const limits = { timeoutMs: toDelayMs(wanted.timeoutMs, timeoutMs), signal: wanted.signal };
      const answer = await withLimits('The lookup of a user profile', limits, () => session);
      return toSession(user.userId, answer, saves);
    } catch (cause) {
      return failed('lookup', user, cause);
    }
  };

  /** Saves a whole profile; returns the winners, or a promise of them. */
  const saveProfile = (now: ProfileSession, user: UserSnapshot, wanted: NewAssignments): Winners | Promise<Winners> => {
    const { profile, winners } = mergeProfile(now, user, wanted);
    if (profile === null) return winners;
    saves += 1;
    const saved: unknown = store.save?.(profile);
    return isThenable(saved) ? Promise.resolve(saved).then(() => winners) : winners;
  };

  const writeInTurn = createSerialWriter(async (user, wanted) =>
    saveProfile(toSession(user.userId, await store.lookup?.(user.userId), saves), user, wanted),
  );

  /** Returns the winners, or a promise of them. */
  const write = (user: UserSnapshot, session: ProfileSession, wanted: NewAssignments): unknown => {
    if (unanswered >= MAX_UNANSWERED) {
      throw new SdkError('store-failed', `The profile store left ${unanswered} saves unfinished; it gets no more.`);
    }
    if (store.assign) return store.assign(user.userId, wanted);
    if (store.save === undefined) return {};
    if (store.lookup && synchronous === false) return writeInTurn(user, wanted);
    if (session.reason) return {}; // a profile that could not be read is not overwritten
    // A profile that another call has saved since it was looked up is looked up again.
    const isStale = session.savesBefore !== saves;
    const now = isStale && store.lookup ? toSession(user.userId, store.lookup(user.userId), saves) : session;
    return saveProfile(now, user, wanted);
  };

  /** Neither throws nor rejects. */
  const save = (
    user: UserSnapshot,
    session: ProfileSession,
    fresh: FreshAssignments,
  ): ProfileSession | Promise<ProfileSession> => {
    if (fresh.size === 0 || session.reason?.code === 'profile-not-loaded' || !client.mayRecord()) return session;
    const saveFailed = (cause: unknown): ProfileSession => ({ ...failed('save', user, cause), ...session });
    /** Returns the session after a write; updates the loaded profile with the winners. */
    const settle = (winners: unknown): ProfileSession => {
      const conflicts = findConflicts(fresh, winners);
      for (const [id, variationId] of conflicts) session.made?.set(id, variationId);
      return { ...session, conflicts };
    };
    try {
      const wanted = toNewAssignments(session, fresh);
      for (const [id, variationId] of fresh) session.made?.set(id, variationId);
      const winners = write(user, session, wanted);
      if (!isThenable(winners)) return settle(winners);
      unanswered += 1;
      const settled = Promise.resolve(winners)
        .then(settle)
        .catch(saveFailed)
        .finally(() => {
          unanswered -= 1;
        });
      client.inBackground(settled);
      return settled;
    } catch (cause) {
      return saveFailed(cause);
    }
  };

  /** Saves without waiting; an asynchronous store continues in the background. */
  const saveNow = (user: UserSnapshot, session: ProfileSession, fresh: FreshAssignments): ProfileSession => {
    const saved = save(user, session, fresh);
    return isThenable(saved) ? session : saved;
  };

  return {
    // A separate version for one flag, because it runs for each decision.
    evaluateOne({ user, loaded }, flagKey, evaluate) {
      const session = open(user, loaded);
      const evaluated = evaluate(flagKey, session.stored, undefined);
      if (!evaluated.outcome?.assignment) return complete(session, evaluated, evaluate);
      const fresh = new Map<string, string>();
      addAssignment(fresh, evaluated);
      return complete(saveNow(user, session, fresh), evaluated, evaluate);
    },
    evaluateAll({ user, loaded }, flagKeys, evaluate) {
      const session = open(user, loaded);
      const fresh = new Map<string, string>();
      const evaluations = evaluateInTurn(flagKeys, fresh, (flagKey) => evaluate(flagKey, session.stored, fresh));
      return completeAll(saveNow(user, session, fresh), evaluations, evaluate);
    },
    completeAll,
    // A store that may do I/O is not used.
    peek: (user, loaded) => (loaded || store.sync ? open(user, loaded) : undefined),
    openAsync: (user, loaded) => (loaded && !loaded.reason && synchronous === false ? loaded : lookUp(user, {})),
    load: async (user, limits) => keepSession(await lookUp(user, limits)),
    async saveAsync(user, session, fresh) {
      const saved = save(user, session, fresh);
      if (!isThenable(saved)) return saved;
      try {
        return await withLimits('Saving a user profile', { timeoutMs }, () => saved);
      } catch (cause) {
        return { ...failed('save', user, cause), ...session };
      }
    },
  };
}
