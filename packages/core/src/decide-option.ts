/** Options of decisions and of segment fetches, as the words that applications write. */

/** Options of the decide family; plain strings of the same text are accepted too. */
export const DecideOption = {
  /** No impression is sent; `trackImpression` can send it later. */
  DISABLE_DECISION_EVENT: 'DISABLE_DECISION_EVENT',
  /** `decideAll` and `decideForKeys` leave disabled flags out. */
  ENABLED_FLAGS_ONLY: 'ENABLED_FLAGS_ONLY',
  /** Stored assignments are neither read nor written. */
  IGNORE_USER_PROFILE_SERVICE: 'IGNORE_USER_PROFILE_SERVICE',
  /** Decisions have reasons. */
  INCLUDE_REASONS: 'INCLUDE_REASONS',
  /** `variables` stays `{}`. */
  EXCLUDE_VARIABLES: 'EXCLUDE_VARIABLES',
  /** Bandit predictions are fetched again and not cached. */
  IGNORE_CMAB_CACHE: 'IGNORE_CMAB_CACHE',
  /** All cached bandit predictions are removed first. */
  RESET_CMAB_CACHE: 'RESET_CMAB_CACHE',
  /** The user's cached bandit predictions are removed first. */
  INVALIDATE_USER_CMAB_CACHE: 'INVALIDATE_USER_CMAB_CACHE',
} as const;

/** A decide option. */
export type DecideOption = (typeof DecideOption)[keyof typeof DecideOption];

/** Options of a segment fetch. */
export const SegmentOption = {
  /** The cache is neither read nor written. */
  IGNORE_CACHE: 'IGNORE_CACHE',
  /** The whole cache is cleared first. */
  RESET_CACHE: 'RESET_CACHE',
} as const;

/** A segment option. */
export type SegmentOption = (typeof SegmentOption)[keyof typeof SegmentOption];
