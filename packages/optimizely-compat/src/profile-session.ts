/**
 * Stored assignments as the official SDK reads and writes them: one lookup and at most one save of the whole profile per
 * call; a synchronous service serves both kinds of calls, an asynchronous one the asynchronous calls.
 */
import type { ClientCore } from '@sortition/client';
import type { Assignments, UserSnapshot } from '@sortition/core';
import { isThenable, setOwn } from '@sortition/core/internal';
import { limitTime } from '@sortition/http';
import type { ExperimentBucketMap, UserProfileService, UserProfileServiceAsync } from './contract/user.ts';
import type { Reporter } from './reporter.ts';

/** The services a client was given. */
export interface ProfileServices {
  readonly sync: UserProfileService | undefined;
  readonly async: UserProfileServiceAsync | undefined;
}

/** The profile of a user during one call. */
export interface ProfileSession {
  readonly stored: Assignments | undefined;
  /** Experiment id to the variation that was chosen in this call. */
  readonly fresh: Map<string, string>;
  /** `null`: there is no service, or the profile could not be read and must not be overwritten. */
  readonly save: ((profile: { user_id: string; experiment_bucket_map: ExperimentBucketMap }) => unknown) | null;
  readonly map: ExperimentBucketMap;
}

/** Looks up and saves profiles. Never throws or rejects. */
export interface ProfileReader {
  open(user: UserSnapshot): ProfileSession;
  openAsync(user: UserSnapshot): Promise<ProfileSession>;
  /**
   * Saves the profile when the call made assignments. If the service returns a promise, it continues in the background.
   */
  close(user: UserSnapshot, session: ProfileSession): void;
}

/** A service that never responds must not block a decision for ever. */
const LOOKUP_TIMEOUT_MS = 10_000;

/** Creates the profile reader of a client. */
export function createProfileReader(services: ProfileServices, core: ClientCore, reporter: Reporter): ProfileReader {
  const failed = (verb: string, userId: string, cause: unknown): void => {
    const why = cause instanceof Error ? cause.message : String(cause);
    reporter.error(`Error while ${verb} user profile for user ID "${userId}": ${why}.`);
  };

  function open({ userId }: UserSnapshot): ProfileSession {
    const { sync } = services;
    if (!sync) return newSession(undefined, null);
    try {
      return newSession(sync.lookup(userId), (profile) => sync.save(profile));
    } catch (cause) {
      failed('looking up', userId, cause);
      return newSession(undefined, null);
    }
  }

  return {
    open,
    async openAsync(user) {
      const { sync, async: service } = services;
      if (sync || !service) return open(user);
      try {
        const limits = { timeoutMs: LOOKUP_TIMEOUT_MS, what: 'Looking up a user profile' };
        const profile = await limitTime(limits, async () => service.lookup(user.userId));
        return newSession(profile, (merged) => service.save(merged));
      } catch (cause) {
        failed('looking up', user.userId, cause);
        return newSession(undefined, null);
      }
    },
    close({ userId, attributeAssignments }, { save, map, fresh }) {
      if (save === null || fresh.size === 0) return;
      const merged: ExperimentBucketMap = { ...map };
      for (const assignments of [attributeAssignments ?? [], fresh])
        for (const [experimentId, variationId] of assignments)
          setOwn(merged, experimentId, { variation_id: variationId });
      try {
        const saving = save({ user_id: userId, experiment_bucket_map: merged });
        if (!isThenable(saving)) return;
        core.inBackground(Promise.resolve(saving).catch((cause) => failed('saving', userId, cause)));
      } catch (cause) {
        failed('saving', userId, cause);
      }
    },
  };
}

function newSession(profile: unknown, save: ProfileSession['save']): ProfileSession {
  const map = (profile as { experiment_bucket_map?: ExperimentBucketMap } | null | undefined)?.experiment_bucket_map;
  const isMap = typeof map === 'object' && map !== null;
  return { map: isMap ? map : {}, stored: isMap ? readMap(map) : undefined, fresh: new Map(), save };
}

/** Reads an entry only when a decision needs it, because a profile may have thousands. */
function readMap(map: ExperimentBucketMap): Assignments {
  return {
    get(experimentId) {
      try {
        const variationId: unknown = Object.hasOwn(map, experimentId) && map[experimentId]?.variation_id;
        if (typeof variationId === 'string') return variationId;
        return typeof variationId === 'number' ? String(variationId) : undefined;
      } catch {
        return undefined; // an unreadable entry is ignored
      }
    },
  };
}
