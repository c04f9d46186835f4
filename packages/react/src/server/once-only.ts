/** Ids that are accepted once, until they expire. */

/** A set of ids that expire. */
export interface OnceOnly {
  /** Adds an id; returns whether it was new. Times are milliseconds since the epoch. */
  add(id: string, expiresAt: number, now: number): boolean;
  remove(id: string): void;
}

/** Beyond this number the oldest ids are removed; the events of their tokens still have the same `uuid`. */
const MAX_IDS = 200_000;

/** Creates an empty set. */
export function createOnceOnly(): OnceOnly {
  /** Id to expiry, in order of arrival, which is roughly the order of expiry. */
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
