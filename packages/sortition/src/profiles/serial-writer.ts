/**
 * Writes to an asynchronous store that saves whole profiles. Two saves of one user at a time would lose one of them, so
 * they are put in a row, each reads the profile again before it writes, and those that wait are written together.
 *
 * This protects against the other calls of this process. Against other processes only a store with `assign` does.
 */
import { type NewAssignments, setOwn, type UserProfileStore, type UserSnapshot, type Winners } from '@sortition/core';
import { mergeProfile } from './new-assignments.ts';
import { toSession } from './profile-session.ts';

/** Writes one call's assignments and resolves what is stored then. */
export type ProfileWriter = (user: UserSnapshot, wanted: NewAssignments) => Promise<Winners>;

/** Assignments of one user, written together. */
interface Batch {
  user: UserSnapshot;
  readonly wanted: NewAssignments;
  readonly written: Promise<Winners>;
  write(): Promise<unknown>;
}

/** One user's writes: one under way, at most one waiting. */
interface Row {
  startedAt: number;
  waiting: Batch | null;
}

/** A store that has not answered for so long (ms) never will; the user's next write no longer waits for it. */
const GIVEN_UP_AFTER_MS = 30_000;

/** @param store Has `lookup` and `save`. */
export function createSerialWriter(store: UserProfileStore): ProfileWriter {
  const rows = new Map<string, Row>();

  const start = (userId: string, batch: Batch): void => {
    const row: Row = { startedAt: Date.now(), waiting: null };
    rows.set(userId, row);
    const next = (): void => {
      if (rows.get(userId) !== row) return;
      rows.delete(userId);
      if (row.waiting) start(userId, row.waiting);
    };
    batch.write().then(next, next);
  };

  return (user, wanted) => {
    const { userId } = user;
    const row = rows.get(userId);
    if (row?.waiting) join(row.waiting, user, wanted);
    const batch = row?.waiting ?? createBatch(store, user, wanted);
    if (row && Math.abs(Date.now() - row.startedAt) < GIVEN_UP_AFTER_MS) row.waiting = batch;
    else start(userId, batch);
    return batch.written;
  };
}

/** The first of two waiting assignments for one experiment wins, as it does in the store. */
function join(batch: Batch, user: UserSnapshot, wanted: NewAssignments): void {
  batch.user = user;
  for (const [experimentId, assignment] of Object.entries(wanted)) {
    if (!Object.hasOwn(batch.wanted, experimentId)) setOwn(batch.wanted, experimentId, assignment);
  }
}

function createBatch(store: UserProfileStore, user: UserSnapshot, wanted: NewAssignments): Batch {
  let settle: (winners: Promise<Winners>) => void = () => undefined;
  const written = new Promise<Winners>((resolve) => {
    settle = resolve;
  });
  const batch: Batch = {
    user,
    wanted: { ...wanted },
    written,
    write() {
      settle(writeProfile(store, batch.user, batch.wanted));
      return written;
    },
  };
  return batch;
}

async function writeProfile(store: UserProfileStore, user: UserSnapshot, wanted: NewAssignments): Promise<Winners> {
  const now = toSession(user.userId, await store.lookup?.(user.userId), 0);
  const { profile, winners } = mergeProfile(now, user, wanted);
  if (profile) await store.save?.(profile);
  return winners;
}
