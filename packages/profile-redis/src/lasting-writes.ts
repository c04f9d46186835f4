/**
 * Writes that survive an outage: assignments that Redis does not accept wait in memory and are written when Redis is
 * back.
 */
import type { NewAssignments } from '@sortition/core';
import { type Connection, createRepeatedTask } from '@sortition/redis';
import type { Assignments, Layout } from './layout.ts';
import { createWriteBehind } from './write-behind.ts';

export interface LastingWrites {
  /** Number of users with waiting assignments. */
  readonly waitingUsers: number;
  /** Writes now or later; resolves to what is stored, or will be. Rejects when neither is possible. */
  write(userId: string, wanted: NewAssignments): Promise<Assignments>;
  /** Returns the waiting assignments of a user. */
  waitingFor(userId: string): NewAssignments | undefined;
  /** Drops the waiting assignments of a user. */
  forget(userId: string): void;
  /** Writes waiting assignments as soon as possible. */
  start(): void;
  /** Writes waiting assignments, and retries until the deadline. */
  flush(timeoutMs: number): Promise<void>;
  /** Stops retrying. */
  close(): void;
}

export interface LastingWritesHost {
  readonly connection: Connection;
  readonly layout: Layout;
  /** The same layout, which writes even if the circuit for writes is open. */
  readonly insistent: Layout;
  /** Returns whether retrying cannot help. */
  isFinal(cause: unknown): boolean;
  /** Called for lost assignments. */
  drop(assignments: number, why: string): void;
  /** Returns the error for a write that was neither done nor kept. */
  refused(why: string): Error;
}

/** Limit of users with waiting assignments. */
const MAX_WAITING_USERS = 10_000;
/** Number of users that are written at a time when Redis is back. */
const WRITTEN_AT_A_TIME = 32;
const FLUSH_INTERVAL_MS = 50;
const CLOSED = 'the store was closed before Redis took them.';

export function createLastingWrites(host: LastingWritesHost): LastingWrites {
  const { connection, layout, insistent, isFinal, drop } = host;
  const waiting = createWriteBehind(MAX_WAITING_USERS);
  let closed = false;

  const later = (userId: string, wanted: NewAssignments): Assignments => {
    const all = closed ? null : waiting.put(userId, wanted);
    if (all === null) {
      const why = closed ? CLOSED : `${waiting.size} users are waiting already.`;
      drop(Object.keys(wanted).length, why);
      throw host.refused(why);
    }
    replaying.start();
    return new Map(Object.entries(all).map(([id, { variationId }]) => [id, variationId]));
  };

  const writeWaiting = async (userId: string): Promise<void> => {
    const assignments = waiting.peek(userId);
    if (assignments === undefined) return;
    try {
      await insistent.write(userId, assignments);
      waiting.written(userId, assignments);
    } catch (cause) {
      // Assignments that waited when the store was closed were reported as lost.
      if (closed || !isFinal(cause)) return waiting.postpone(userId);
      waiting.written(userId, assignments);
      drop(Object.keys(assignments).length, 'the value stored for the user is not a profile.');
    }
  };

  /**
   * The first user shows whether writing works. Resolves to whether nothing is left.
   *
   * @param deadline No further user is written after this time, on the monotonic clock.
   */
  const writeAllWaiting = async (deadline = Number.POSITIVE_INFINITY): Promise<boolean> => {
    const users = waiting.userIds();
    const [first] = users;
    if (first === undefined || !connection.canRead) return first === undefined;
    await writeWaiting(first);
    while (connection.canWrite && users.length > 0 && performance.now() < deadline) {
      await Promise.all(users.splice(0, WRITTEN_AT_A_TIME).map(writeWaiting));
    }
    return waiting.size === 0;
  };
  const replaying = createRepeatedTask(() => writeAllWaiting());

  return {
    get waitingUsers() {
      return waiting.size;
    },
    async write(userId, wanted) {
      const all = waiting.with(userId, wanted);
      if (!connection.canWrite) return later(userId, wanted);
      try {
        const stored = await layout.write(userId, all);
        waiting.written(userId, all);
        return stored;
      } catch (cause) {
        if (isFinal(cause)) throw cause;
        return later(userId, wanted);
      }
    },
    waitingFor: (userId) => waiting.peek(userId),
    forget: (userId) => waiting.forget(userId),
    start: () => replaying.start(),
    async flush(timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      while (!(await writeAllWaiting(deadline)) && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, FLUSH_INTERVAL_MS));
      }
    },
    close() {
      closed = true;
      replaying.stop();
      const users = waiting.userIds();
      const left = users.flatMap((userId) => Object.keys(waiting.peek(userId) ?? {}));
      // Assignments that are reported as lost must not be written by a round under way.
      for (const userId of users) waiting.forget(userId);
      if (left.length > 0) drop(left.length, CLOSED);
    },
  };
}
