/** Exports for the packages of this project only; they may change in every version. */
export { clientOf, type Followed } from './client-internals.ts';
export { composeClient } from './compose-client.ts';
export { getForced, removeForced, setForced } from './forced-decisions.ts';
export {
  type DecideAnyFlag,
  type DecideDescribedFlag,
  type Decision,
  type DecisionOf,
  type Decisions,
  FullUserContext,
  type UserContext,
  type UserContextOf,
} from './full-user-context.ts';
export { LEAN_RULES } from './lean-options.ts';
export type { OptionRules } from './option-rules.ts';
export { PREDICTIONS } from './parts/bandits.ts';
export { allNameHints } from './parts/name-hints.ts';
export { PLATFORM_RULES } from './parts/platform.ts';
export { SINK } from './parts/record-to.ts';
export { STORE, STORE_TIMEOUT } from './parts/sticky.ts';
export { type HeldImpression, readHeldImpression, recorderElsewhere } from './portable-impressions.ts';
