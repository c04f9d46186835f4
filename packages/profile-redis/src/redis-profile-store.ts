/**
 * Sticky assignments in Redis: atomic per user and experiment, so that the servers of a fleet agree and no write is lost.
 *
 * While Redis is unavailable decisions continue without waiting for it, and new assignments are written when it is
 * back.
 */
import {
  isSdkError,
  type NewAssignments,
  type Problem,
  type ProfileStoreHost,
  SdkError,
  type UserProfile,
  type UserProfileStore,
  type Winners,
} from '@sortition/core';
import { answerLookup, LEND, listUnknownOptions, setOwn, tryPart } from '@sortition/core/internal';
import { createCommandPort, createConnection, hasReplyCode, isCommandError, watchClient } from '@sortition/redis';
import { createFormerProfiles } from './former-profiles.ts';
import { createHashLayout } from './hash-layout.ts';
import { createJsonLayout } from './json-layout.ts';
import { createLastingWrites } from './lasting-writes.ts';
import type { Assignments, LayoutHost } from './layout.ts';
import { profileKey } from './profile-key.ts';
import { OPTION_NAMES, OWNER, type RedisProfileStoreOptions, readOptions } from './redis-options.ts';
import { isStorableId } from './stored-id.ts';

/** Counters of a store since it was created. */
export interface RedisProfileStats {
  /** `reads-only`: the server answers but does not write. */
  readonly state: 'up' | 'reads-only' | 'down';
  /** Number of users whose assignments wait to be written. */
  readonly waitingUsers: number;
  /** Assignments lost because too many users waited, or the store was closed while they did. */
  readonly droppedAssignments: number;
  /** Number of stored values that were not assignments; they are not changed. */
  readonly unreadable: number;
  /** Number of commands without a reply in time. */
  readonly timeouts: number;
}

/** A profile store with counters. */
export interface RedisProfileStore extends UserProfileStore {
  stats(): RedisProfileStats;
}

const FLUSH_TIMEOUT_MS = 5_000;

/**
 * Creates a store over a Redis client of the application. The store opens, configures and closes no connection.
 *
 * @throws SdkError `invalid-option` when an option is not valid.
 * @example
 * const profiles = createRedisProfileStore({ client: new Redis(url) });
 * const client = createClient({ config, profiles });
 */
export function createRedisProfileStore(options: RedisProfileStoreOptions): RedisProfileStore {
  const { prefix, ttlSeconds, layout: form, timeoutMs } = readOptions(options);
  const { client } = options;
  const port = createCommandPort(OWNER, client);
  const unknownOptions = listUnknownOptions(OWNER, options, OPTION_NAMES);
  const hosts = new Set<ProfileStoreHost>();
  let dropped = 0;
  let unreadable = 0;
  let closed = false;

  const report = (code: string, message: string, cause?: unknown): void => {
    const problem: Problem = { code, part: 'profiles', message, ...(cause !== undefined && { cause }) };
    for (const host of hosts) tryPart(() => host.problem(problem));
  };
  const refusedCommands = new Set<string>();
  const connection = createConnection(port.send, {
    timeoutMs,
    probe(lastKey) {
      const key = lastKey ?? profileKey(prefix, '');
      return { key, args: layout.readCommand(key) };
    },
    onDown(what, cause) {
      if (closed) return;
      const error = toSdkError(cause);
      const [code, message] = DOWN[what];
      report(code, `${message} ${error.message}`, error);
    },
    onWritable: () => writes.start(),
  });
  const unwatch = watchClient(client, { onLost: connection.lost, onReady: connection.regained });
  const layoutHost: LayoutHost = {
    keyOf: (userId) => profileKey(prefix, userId),
    read: (key, args) => connection.read(key, args),
    readBack: connection.readBack,
    write: (key, args) => connection.write(key, args),
    ttlSeconds,
    refused(cause, consequence) {
      const command = isCommandError(cause) ? cause.command : '';
      if (refusedCommands.has(command)) return;
      refusedCommands.add(command);
      report('redis-command-refused', `${cause.message} ${consequence}`, cause);
    },
    unreadable(what) {
      unreadable += 1;
      report('profile-unreadable', `A stored profile has ${what}; it is not changed.`);
    },
  };
  const reportUnstorable = (): void => {
    unreadable += 1;
    report('profile-unreadable', 'An assignment was not stored: an id is longer than 256 characters, or is not text.');
  };
  const createLayout = form === 'json' ? createJsonLayout : createHashLayout;
  const layout = createLayout(layoutHost);
  const former = createFormerProfiles(port, connection, (read) =>
    createLayout({ ...layoutHost, read, unreadable: () => undefined }),
  );
  const writes = createLastingWrites({
    connection,
    layout,
    insistent: createLayout({ ...layoutHost, write: connection.tryWrite }),
    isFinal: isAboutTheValue,
    drop(assignments, why) {
      dropped += assignments;
      report('assignments-dropped', `${assignments} assignments were not stored: ${why}`);
    },
    refused: (why) => new SdkError('store-failed', `Redis does not write, and ${why}`),
  });

  const readStored = async (userId: string): Promise<Assignments> => {
    const stored = await layout.read(userId);
    if (stored.size > 0 || !former.mayExist) return stored;
    const moving = await former.read(userId);
    if (moving.size === 0) return stored;
    const wanted: NewAssignments = {};
    for (const [id, variationId] of moving) setOwn(wanted, id, { variationId });
    return writes.write(userId, wanted).catch(() => moving);
  };

  const store = {
    sync: false,
    [LEND]: true,
    async lookup(userId: string, access?: unknown): Promise<UserProfile | null> {
      const waiting = writes.waitingFor(userId);
      const stored = await readStored(userId).catch((cause: unknown) => {
        // Assignments of this process in the meantime are still used.
        if (waiting) return new Map<string, string>();
        throw toSdkError(cause);
      });
      const assignments = waiting ? withWaiting(stored, waiting) : stored;
      return assignments.size === 0 ? null : (answerLookup(userId, assignments, access) as UserProfile);
    },
    async assign(userId: string, assignments: NewAssignments): Promise<Winners> {
      if (closed) throw new SdkError('closed', 'The Redis profile store was closed and stores nothing any more.');
      const winners: Record<string, string> = {};
      const storable: NewAssignments = {};
      for (const [id, assignment] of Object.entries(assignments)) {
        setOwn(winners, id, assignment.variationId);
        if (isStorableId(id) && isStorableId(assignment.variationId)) storable[id] = assignment;
        else reportUnstorable();
      }
      if (Object.keys(storable).length === 0) return winners;
      const stored = await writes.write(userId, storable).catch((cause: unknown) => {
        throw toSdkError(cause);
      });
      for (const id of Object.keys(storable)) setOwn(winners, id, stored.get(id));
      return winners;
    },
    async remove(userId: string): Promise<void> {
      const key = profileKey(prefix, userId);
      writes.forget(userId);
      try {
        await connection.write(key, ['DEL', key]);
        await former.remove(key);
      } catch (cause) {
        throw toSdkError(cause);
      }
    },
    flush: (flushOptions?: { timeoutMs?: number | undefined }) =>
      writes.flush(flushOptions?.timeoutMs ?? FLUSH_TIMEOUT_MS),
    close(): void {
      if (closed) return;
      closed = true;
      unwatch();
      port.close();
      connection.close();
      // Hosts are kept, because assignments under way may still be lost, which is reported.
      writes.close();
    },
    attach(host: ProfileStoreHost): void {
      hosts.add(host);
      if (unknownOptions !== undefined)
        host.problem({ code: 'unknown-option', part: 'profiles', message: unknownOptions });
    },
    stats: (): RedisProfileStats => ({
      state: connection.canRead ? (connection.canWrite ? 'up' : 'reads-only') : 'down',
      waitingUsers: writes.waitingUsers,
      droppedAssignments: dropped,
      unreadable,
      timeouts: connection.timeouts,
    }),
  };
  return store;
}

const DOWN = {
  reads: ['redis-unavailable', 'Redis does not answer: decisions are made without stored assignments until it does.'],
  writes: ['redis-not-writing', 'Redis does not write: new assignments wait in memory until it does.'],
} as const;

function withWaiting(stored: Assignments, waiting: NewAssignments): Assignments {
  const assignments = new Map(stored);
  for (const [id, { variationId, replaces }] of Object.entries(waiting)) {
    const known = assignments.get(id);
    if (known === undefined || known === replaces) assignments.set(id, variationId);
  }
  return assignments;
}

/** Returns whether the key has another value, so that retrying cannot help. */
function isAboutTheValue(cause: unknown): boolean {
  return hasReplyCode(cause, 'WRONGTYPE') || (isSdkError(cause) && cause.code === 'invalid-response');
}

/** Returns any error as an `SdkError`. */
function toSdkError(cause: unknown): SdkError {
  return isSdkError(cause) ? cause : new SdkError('store-failed', 'The Redis profile store failed.', { cause });
}
