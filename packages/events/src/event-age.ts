/**
 * How old stored events are. The clock of the device that stored them may have been wrong by decades. So a time before
 * this library existed is not used; the age is then the distance to the newest event stored with it.
 */
import type { StoredEvent } from './event-store.ts';

/** 2025-01-01, in milliseconds since the epoch. */
const EARLIEST = 1_735_689_600_000;

/** Returns a function that computes the age of events that were stored together, in milliseconds. */
export function measureAge(events: readonly StoredEvent[]): (event: StoredEvent) => number {
  const newest = events.reduce((latest, { storedAt }) => Math.max(latest, storedAt), 0);
  return ({ storedAt }) => (storedAt < EARLIEST ? Math.min(newest, EARLIEST) : Date.now()) - storedAt;
}
