/** The hooks. Each reads one thing, and renders its component again only when that changed. */
import type { AnyFlags, FlagKey, FlagMap } from '@sortition/client';
import type { EventTags } from '@sortition/core';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { DecisionState } from './decision-state.ts';
import type { FlagsClient, FlagsUser } from './flags-client.ts';
import type { FlagsInput } from './flags-input.ts';
import { useFlagsStore } from './flags-provider.ts';
import type { FlagsStore } from './flags-store.ts';
import { type Readiness, unreadinessOf } from './readiness.ts';
import { type DecisionOptions, type Tracking, useTracking } from './tracking.ts';

const READY: Readiness = { status: 'ready' };

/** Reads what is known now; in the first render what the server knew. @param select Answers the same thing as long as nothing changed. */
function useFlags<T>(select: (read: FlagsStore['read'], input: FlagsInput) => T): T {
  const { subscribe, read, readFirst, input, given } = useFlagsStore();
  return useSyncExternalStore(
    subscribe,
    () => select(read, input()),
    () => select(readFirst, given),
  );
}

/** Returns the decision of a flag. Never throws; a flag that cannot be decided is off, and `reasons` says why. */
export function useDecision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  flagKey: K,
  options?: DecisionOptions,
): DecisionState<F, K> & Tracking {
  const state = useFlags((read) => read(flagKey));
  const read = useCallback(() => [state], [state]);
  return { ...state, ...useTracking(read, options) } as DecisionState<F, K> & Tracking;
}

/** Returns the decisions of several flags, by key. */
export function useDecisions<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  flagKeys: readonly K[],
  options?: DecisionOptions,
): { readonly [Key in K]: DecisionState<F, Key> } {
  const keys = JSON.stringify(flagKeys);
  // One for each list: a render that is under way may ask for other flags than the one on the screen.
  const states = useFlags(useMemo(() => createReader(JSON.parse(keys)), [keys]));
  const read = useCallback(() => states, [states]);
  useTracking(read, options);
  return Object.fromEntries(states.map((state) => [state.decision.flagKey, state])) as never;
}

/** Creates the reader of a list of flags. It answers the same list as long as it has the same members. */
function createReader(flagKeys: readonly string[]): (read: FlagsStore['read']) => readonly DecisionState[] {
  let last: readonly DecisionState[] = [];
  return (read) => {
    const now = flagKeys.map(read);
    if (now.length !== last.length || now.some((state, index) => state !== last[index])) last = now;
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
  const readNow = useCallback(() => [store.read(flagKey)], [store, flagKey]);
  useTracking(readNow, { trackOn: options?.trackOn === 'manual' ? 'manual' : 'commit' });
  return useFlags((read) => {
    const value = (read(flagKey).decision.variables as Readonly<Record<string, unknown>>)[variableKey];
    return typeof value === typeof fallback && value !== null ? (value as T) : fallback;
  });
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
  return useFlags(() => readUser(store)) as User | null;
}

/** Returns the client of the provider. */
export function useClient<Client extends FlagsClient = FlagsClient>(): Client | null {
  return useFlags((_read, { client }) => client ?? null) as Client | null;
}

/** Returns whether there are decisions: of a snapshot, or of a client that is ready. */
export function useReady(): Readiness {
  return useFlags(
    (_read, { client, snapshot }) => (snapshot || client?.isReady ? READY : unreadinessOf(client)) as Readiness,
  );
}

function readUser(store: FlagsStore): FlagsUser | null {
  try {
    return store.user();
  } catch {
    return null; // it has no id, which each decision says
  }
}
