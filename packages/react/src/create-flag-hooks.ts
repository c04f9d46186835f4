/** The hooks for described flags. */
import type { FlagKey, FlagMap, LeanUser, VariablesOf } from '@sortition/client';
import type { DecisionState } from './decision-state.ts';
import type { FlagsClient } from './flags-client.ts';
import {
  FlagsProvider,
  useClient,
  useDecision,
  useDecisions,
  useReady,
  useTrack,
  useUser,
  useVariable,
} from './hooks.ts';
import type { DecisionOptions, PlainOptions, Tracking } from './tracking.ts';

/** The provider and the hooks, typed by a description of flags. */
export interface FlagHooks<F extends FlagMap<F>> {
  readonly FlagsProvider: typeof FlagsProvider;
  useDecision<K extends FlagKey<F>>(flagKey: K, options?: DecisionOptions): DecisionState<F, K> & Tracking;
  useDecisions<K extends FlagKey<F>>(
    flagKeys: readonly K[],
    options?: PlainOptions,
  ): { readonly [Key in K]: DecisionState<F, Key> };
  useVariable<K extends FlagKey<F>, V extends keyof VariablesOf<F, K> & string>(
    flagKey: K,
    variableKey: V,
    fallback: VariablesOf<F, K>[V],
    options?: Pick<PlainOptions, 'trackOn'>,
  ): VariablesOf<F, K>[V];
  readonly useTrack: typeof useTrack;
  /** @typeParam User The type of the client's user contexts, to use more of their methods. */
  useUser<User = LeanUser<F>>(): User | null;
  useClient<Client = FlagsClient>(): Client | null;
  readonly useReady: typeof useReady;
}

/**
 * Returns the hooks for flags that are described once: keys, variations and variables are then checked.
 *
 * @example
 * export const { FlagsProvider, useDecision } = createFlagHooks<ShopFlags>();
 */
export function createFlagHooks<F extends FlagMap<F>>(): FlagHooks<F> {
  const hooks = { FlagsProvider, useDecision, useDecisions, useVariable, useTrack, useUser, useClient, useReady };
  return hooks as unknown as FlagHooks<F>;
}
