/**
 * Writes to an asynchronous store that saves whole profiles. Of two concurrent saves of one user one would be lost, so
 * saves run one after the other, and waiting ones are written together.
 *
 * This protects against other calls of this process; only a store with `assign` protects against other processes.
 */
import type { NewAssignments, UserSnapshot, Winners } from '@sortition/core';
import { setOwn } from '@sortition/core/internal';

/** Writes assignments and resolves to what is stored afterwards. */
export type ProfileWriter = (user: UserSnapshot, wanted: NewAssignments) => Promise<Winners>;

/** Assignments of one user that are written together. */
interface Batch {
  user: UserSnapshot;
  readonly wanted: NewAssignments;
  readonly written: Promise<Winners>;
  start(): void;
  startedAt: number;
  /** The batch that is written after this one. */
  next?: Batch;
}

/** After this time (ms) a write is considered hung, and the user's next write does not wait for it. */
const GIVEN_UP_AFTER_MS = 30_000;

/** @param write Must read the profile again before it writes, because an earlier write may have changed it. */
export function createSerialWriter(write: ProfileWriter): ProfileWriter {
  /** By user id. */
  const underWay = new Map<string, Batch>();

  const start = (userId: string, batch: Batch): void => {
    underWay.set(userId, batch);
    batch.startedAt = Date.now();
    const goOn = (): void => {
      if (underWay.get(userId) !== batch) return;
      underWay.delete(userId);
      if (batch.next) start(userId, batch.next);
    };
    batch.written.then(goOn, goOn);
    batch.start();
  };

  return (user, wanted) => {
    const { userId } = user;
    const current = underWay.get(userId);
    const batch = current?.next ?? createBatch(write, user);
    batch.user = user;
    for (const [experimentId, assignment] of Object.entries(wanted)) {
      // The first of two waiting assignments for one experiment wins, as it does in the store.
      if (!Object.hasOwn(batch.wanted, experimentId)) setOwn(batch.wanted, experimentId, assignment);
    }
    if (current && Math.abs(Date.now() - current.startedAt) < GIVEN_UP_AFTER_MS) current.next = batch;
    else start(userId, batch);
    return batch.written;
  };
}

function createBatch(write: ProfileWriter, user: UserSnapshot): Batch {
  let start = (): void => undefined;
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  const written = started.then(() => write(batch.user, batch.wanted));
  const batch: Batch = { user, wanted: {}, written, start, startedAt: 0 };
  return batch;
}
