/**
 * Assignments that could not be written yet. Bounded; within it the first assignment of an experiment wins, as it does in
 * Redis, so that the decisions of this process agree while Redis is away.
 */
import type { NewAssignments } from '@sortition/core';
import { setOwn } from '@sortition/core/internal';

export interface WriteBehind {
  /** Number of users with assignments that wait. */
  readonly size: number;
  /** Adds a user's assignments, and answers all that wait then; `null` when there is no room for another user. */
  put(userId: string, wanted: NewAssignments): NewAssignments | null;
  peek(userId: string): NewAssignments | undefined;
  /** What waits together with more. */
  with(userId: string, wanted: NewAssignments): NewAssignments;
  /** Forgets what was written; what came in the meantime continues to wait. */
  written(userId: string, assignments: NewAssignments): void;
  /** Drops what waits for a user. */
  forget(userId: string): void;
  /** Sends a user to the end of the row. */
  postpone(userId: string): void;
  /** Users with assignments that wait, longest first. */
  userIds(): string[];
}

/** @param maxUsers Users who may wait at a time. */
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

/** A waiting assignment gives way only to one that names it, which then replaces what the first was to replace. */
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
