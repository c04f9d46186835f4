/** Ids that are taken once, until they expire. */

/** See the file. */
export interface OnceOnly {
  /** Answers whether the id was not there. Times are milliseconds since the epoch. */
  add(id: string, expiresAt: number, now: number): boolean;
  remove(id: string): void;
}

/** The oldest ids are forgotten beyond it; the events of their tokens still have the same `uuid`. */
const MAX_IDS = 200_000;

/** Creates an empty memory. */
export function createOnceOnly(): OnceOnly {
  /** Id to when it expires. In the order they came, which is about that in which they expire. */
  const ids = new Map<string, number>();
  return {
    add(id, expiresAt, now) {
      for (const [oldest, end] of ids) {
        if (end > now && ids.size < MAX_IDS) break;
        ids.delete(oldest);
      }
      if (ids.has(id)) return false;
      ids.set(id, expiresAt);
      return true;
    },
    remove: (id) => void ids.delete(id),
  };
}
