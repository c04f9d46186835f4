/** How a profile is stored in Redis. */
import type { NewAssignments } from '@sortition/core';

/** Experiment id to variation id. */
export type Assignments = ReadonlyMap<string, string>;

/** Reads and writes profiles in one form. Both reject with what the connection rejects with. */
export interface Layout {
  /** The command that reads a key. */
  readCommand(key: string): readonly string[];
  /** Resolves to the readable assignments of a user. */
  read(userId: string): Promise<Assignments>;
  /**
   * Stores what was not stored before, and resolves what is stored then: winners by experiment id.
   *
   * Rejects with `SdkError` `invalid-response` on a value that is not a profile, which stays as it is.
   */
  write(userId: string, wanted: NewAssignments): Promise<Assignments>;
}

/** What a layout needs from the store. */
export interface LayoutHost {
  keyOf(userId: string): string;
  /** A guarded command; see `Connection`. */
  read(key: string, args: readonly string[]): Promise<unknown>;
  readBack(key: string, args: readonly string[]): Promise<unknown>;
  write(key: string, args: readonly string[]): Promise<unknown>;
  /** `null`: profiles never expire. */
  readonly ttlSeconds: number | null;
  /** Called for stored values that are not assignments. */
  unreadable(what: string): void;
  /** Called for a command that the server refuses, with the replacement. */
  refused(cause: Error, consequence: string): void;
}
