/**
 * Assignments that could not be written yet, up to a limit. The first assignment of an experiment wins, as in Redis, so
 * that the decisions of this process agree while Redis is unavailable.
 */
import type { NewAssignments } from '@sortition/core';
import { setOwn } from '@sortition/core/internal';

export interface WriteBehind {
  /** Number of users with waiting assignments. */
  readonly size: number;
  /**
   * Adds a user's assignments, and returns all of the user's waiting ones; `null` when there is no room for another
   * user.
   */
  put(userId: string, wanted: NewAssignments): NewAssignments | null;
  peek(userId: string): NewAssignments | undefined;
  /** Returns the waiting assignments together with more. */
  with(userId: string, wanted: NewAssignments): NewAssignments;
  /** Removes written assignments; those added in the meantime continue to wait. */
  written(userId: string, assignments: NewAssignments): void;
  /** Drops the waiting assignments of a user. */
  forget(userId: string): void;
  /** Moves a user to the end of the queue. */
  postpone(userId: string): void;
  /** Users with waiting assignments, longest wait first. */
  userIds(): string[];
}

/** @param maxUsers Limit of users. */
export function createWriteBehind(maxUsers: number): WriteBehind {
  const waiting = new Map<string, NewAssignments>();
  return {
    get size() {
      return waiting.size;
    },
    put(userId, wanted) {
      const known = waiting.get(userId);
      if (known === undefined && waiting.size >= maxUsers) return null;
      const all = merge(known, wanted);
      waiting.set(userId, all);
      return all;
    },
    peek: (userId) => waiting.get(userId),
    with: (userId, wanted) => merge(waiting.get(userId), wanted),
    written(userId, assignments) {
      const known = waiting.get(userId);
      if (known === undefined) return;
      const left: NewAssignments = {};
      for (const [id, assignment] of Object.entries(known)) {
        if (assignments[id] !== assignment) setOwn(left, id, assignment);
      }
      if (Object.keys(left).length > 0) waiting.set(userId, left);
      else waiting.delete(userId);
    },
    forget: (userId) => void waiting.delete(userId),
    postpone(userId) {
      const known = waiting.get(userId);
      if (known === undefined) return;
      waiting.delete(userId);
      waiting.set(userId, known);
    },
    userIds: () => [...waiting.keys()],
  };
}

/**
 * A waiting assignment is replaced only by one that names it in `replaces`; the new one then replaces what the first
 * would have replaced.
 */
function merge(known: NewAssignments | undefined, wanted: NewAssignments): NewAssignments {
  if (known === undefined) return wanted;
  const merged: NewAssignments = { ...known };
  for (const [id, assignment] of Object.entries(wanted)) {
    const before = merged[id];
    if (before === undefined) merged[id] = assignment;
    else if (assignment.replaces === before.variationId)
      merged[id] = { ...before, variationId: assignment.variationId };
  }
  return merged;
}
