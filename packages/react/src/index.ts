'use client';
/** Feature flags and experiments in React components. */
export { createFlagHooks, type FlagHooks } from './create-flag-hooks.ts';
export type { DecisionState, OffDecision, ShownDecision } from './decision-state.ts';
export type { FlagsClient, FlagsUser, FlagsUserInput } from './flags-client.ts';
export {
  FlagsProvider,
  type FlagsProviderProps,
  useClient,
  useDecision,
  useDecisions,
  useReady,
  useTrack,
  useUser,
  useVariable,
} from './hooks.ts';
export type { PageImpressions, PageSnapshot } from './page-snapshot.ts';
export type { Readiness } from './readiness.ts';
export type { DecisionOptions, PlainOptions, Tracking } from './tracking.ts';
