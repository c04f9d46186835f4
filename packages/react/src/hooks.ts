/** The hooks. Each reads one thing, and renders its component again only when that changed. */
import type { AnyFlags, FlagKey, FlagMap } from '@sortition/client';
import type { EventTags } from '@sortition/core';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import type { DecisionState } from './decision-state.ts';
import type { FlagsClient, FlagsUser } from './flags-client.ts';
import { useFlagsStore } from './flags-provider.ts';
import type { Readiness } from './readiness.ts';
import { type DecisionOptions, type Tracking, useShownDecisions } from './shown-decisions.ts';

/** Returns the decision of a flag. Never throws; a flag that cannot be decided is off, and `reasons` says why. */
export function useDecision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  flagKey: K,
  options?: DecisionOptions,
): DecisionState<F, K> & Tracking {
  const [[state], tracking] = useShownDecisions([flagKey], options);
  return { ...state, ...tracking } as DecisionState<F, K> & Tracking;
}

/** Returns the decisions of several flags, by key. */
export function useDecisions<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  flagKeys: readonly K[],
  options?: DecisionOptions,
): { readonly [Key in K]: DecisionState<F, Key> } {
  const [states] = useShownDecisions(flagKeys, options);
  return Object.fromEntries(states.map((state) => [state.decision.flagKey, state])) as never;
}

/**
 * Returns a variable of a flag; `fallback` until there is a decision, and when the variable is not of the type of `fallback`.
 * Counts as showing the flag.
 */
export function useVariable<T>(
  flagKey: string,
  variableKey: string,
  fallback: T,
  options?: Pick<DecisionOptions, 'trackOn'>,
): T {
  const store = useFlagsStore();
  const variableOf = ({ decision }: DecisionState): T => {
    const value = (decision.variables as Readonly<Record<string, unknown>>)[variableKey];
    return typeof value === typeof fallback && value !== null ? (value as T) : fallback;
  };
  const value = useSyncExternalStore(
    store.subscribe,
    () => variableOf(store.read(flagKey)),
    () => variableOf(store.readFirst(flagKey)),
  );
  const isTracked = options?.trackOn !== 'manual';
  useEffect(() => (isTracked ? store.show(flagKey) : undefined), [store, flagKey, isTracked]);
  return value;
}

/**
 * Returns a function that records a conversion of the user with the client. It answers whether there was a client to take it: a
 * page with nothing but a snapshot tracks on its server.
 */
export function useTrack(): (eventKey: string, eventTags?: EventTags) => boolean {
  const store = useFlagsStore();
  return useCallback(
    (eventKey, eventTags) => {
      const user = store.user();
      user?.trackEvent(eventKey, eventTags);
      return user !== null;
    },
    [store],
  );
}

/** Returns the user context that the client decides for; `null` without a client that is ready. What is changed on it shows at once. */
export function useUser<User extends FlagsUser = FlagsUser>(): User | null {
  const store = useFlagsStore();
  return useSyncExternalStore(store.subscribe, store.user, store.user) as User | null;
}

/** Returns the client of the provider. */
export function useClient<Client extends FlagsClient = FlagsClient>(): Client | null {
  const store = useFlagsStore();
  const read = (): FlagsClient | null => store.input().client ?? null;
  return useSyncExternalStore(store.subscribe, read, read) as Client | null;
}

/** Returns whether there are decisions: of a snapshot, or of a client that is ready. */
export function useReady(): Readiness {
  const store = useFlagsStore();
  return useSyncExternalStore(store.subscribe, store.readiness, store.firstReadiness);
}
