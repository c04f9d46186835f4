/** The hooks. Each reads one thing, and renders its component again only when that changed. */
import type { AnyFlags, FlagKey, FlagMap } from '@sortition/client';
import type { EventTags } from '@sortition/core';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { DecisionState } from './decision-state.ts';
import type { FlagsClient, FlagsUser } from './flags-client.ts';
import type { FlagsInput } from './flags-input.ts';
import { useFlagsStore } from './flags-provider.ts';
import type { FlagsStore } from './flags-store.ts';
import { READY, type Readiness, readinessOf } from './readiness.ts';
import { type DecisionOptions, type Tracking, useTracking } from './tracking.ts';

/** Returns the decision of a flag. Never throws; a flag that cannot be decided is off, and `reasons` says why. */
export function useDecision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  flagKey: K,
  options?: DecisionOptions,
): DecisionState<F, K> & Tracking {
  const store = useFlagsStore();
  const state = useSyncExternalStore(
    store.subscribe,
    () => store.read(flagKey),
    () => store.readFirst(flagKey),
  );
  const read = useCallback(() => [state], [state]);
  return { ...state, ...useTracking(read, options) } as DecisionState<F, K> & Tracking;
}

/** Returns the decisions of several flags, by key. */
export function useDecisions<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  flagKeys: readonly K[],
  options?: DecisionOptions,
): { readonly [Key in K]: DecisionState<F, Key> } {
  const store = useFlagsStore();
  const keys = JSON.stringify(flagKeys);
  const [readNow, readFirst] = useMemo(
    () => [createReader(keys, store.read), createReader(keys, store.readFirst)] as const,
    [store, keys],
  );
  const states = useSyncExternalStore(store.subscribe, readNow, readFirst);
  const read = useCallback(() => states, [states]);
  useTracking(read, options);
  return Object.fromEntries(states.map((state) => [state.decision.flagKey, state])) as never;
}

/**
 * Reads several flags; the same list as long as none changes.
 *
 * @param keys JSON of flag keys.
 */
function createReader(keys: string, read: (flagKey: string) => DecisionState): () => readonly DecisionState[] {
  let last: readonly DecisionState[] = [];
  return () => {
    const now = (JSON.parse(keys) as string[]).map(read);
    if (now.some((state, index) => state !== last[index])) last = now;
    return last;
  };
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
  const read = useCallback(() => [store.read(flagKey)], [store, flagKey]);
  useTracking(read, { trackOn: options?.trackOn === 'manual' ? 'manual' : 'commit' });
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
      const user = readUser(store);
      user?.trackEvent(eventKey, eventTags);
      return user !== null;
    },
    [store],
  );
}

/** Returns the user context that the client decides for; `null` without a client that is ready. What is changed on it shows at once. */
export function useUser<User extends FlagsUser = FlagsUser>(): User | null {
  const store = useFlagsStore();
  const read = (): FlagsUser | null => readUser(store);
  return useSyncExternalStore(store.subscribe, read, read) as User | null;
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
  return useSyncExternalStore(
    store.subscribe,
    () => readReadiness(store.input()),
    () => readReadiness(store.given),
  );
}

function readReadiness({ client, snapshot }: FlagsInput): Readiness {
  return snapshot ? READY : readinessOf(client);
}

function readUser(store: FlagsStore): FlagsUser | null {
  try {
    return store.user();
  } catch {
    return null; // it has no id, which each decision says
  }
}
