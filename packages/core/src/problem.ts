/** Problems: what went wrong around decisions without stopping them. */

/** The part of a client a problem comes from. */
export type ProblemPart = 'config' | 'datafile' | 'profiles' | 'odp' | 'events' | 'cmab' | 'listener' | 'client';

/** Something that went wrong and was survived. */
export interface Problem {
  /** Stable word to branch on, such as `dangling-reference` or `no-event-sink`. */
  readonly code: string;
  readonly part: ProblemPart;
  /** What was wrong and what was done instead; without secrets and user data. */
  readonly message: string;
  readonly cause?: unknown;
}
