/**
 * The provider, which has the decisions for the components inside it, and the hooks. Each hook reads one value, and
 * renders its component again only when that value changes.
 */
import type { AnyFlags, FlagKey, FlagMap } from '@sortition/client';
import {
  type Context,
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import type { DecisionState } from './decision-state.ts';
import type { FlagsClient, FlagsUser } from './flags-client.ts';
import type { FlagsInput } from './flags-input.ts';
import { createFlagsStore, type FlagsStore } from './flags-store.ts';
import { type Readiness, unreadinessOf } from './readiness.ts';
import {
  createTracking,
  type DecisionOptions,
  type PlainOptions,
  type ShownStates,
  type Tracking,
} from './tracking.ts';

/**
 * Properties of `FlagsProvider`. Absent properties are inherited from a provider around it, except the snapshot; `null`
 * is not absent: with `client={null}` there are only the decisions of the snapshot.
 */
export interface FlagsProviderProps extends FlagsInput {
  readonly children?: ReactNode;
}

/** The decisions of the provider around a component. */
const FlagsContext: Context<FlagsStore> = /* @__PURE__ */ createContext(/* @__PURE__ */ createFlagsStore({}));
/** On a server React 18 warns about layout effects. */
const useCommitEffect = globalThis.document ? useLayoutEffect : useEffect;

/**
 * Provides decisions to the hooks inside it. Never breaks the page: when the client is missing or has failed, and there
 * is no snapshot, decisions are the off state and `reasons` says why.
 *
 * @example
 * <FlagsProvider client={client} user={{ id: 'ada', attributes: { plan: 'pro' } }}><Shop /></FlagsProvider>
 */
export function FlagsProvider(props: FlagsProviderProps): ReactNode {
  const parent = useContext(FlagsContext);
  const around = useSyncExternalStore(parent.on, parent.input, parent.input);
  const { client = around.client, user = around.user, timeoutMs = around.timeoutMs } = props;
  const input = { ...props, client, user, timeoutMs };
  const [store] = useState(() => createFlagsStore(input));
  useCommitEffect(() => store.set(input));
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the client that it was set to
  useEffect(store.start, [store, client]);
  return createElement(FlagsContext.Provider, { value: store }, props.children);
}

const READY: Readiness = { status: 'ready' };

/**
 * Reads the current state; in the first render the state of the server. @param select Must return the same value as
 * long as nothing changes.
 */
function useFlags<T>(select: (read: FlagsStore['read'], input: FlagsInput) => T): T {
  const store = useContext(FlagsContext);
  return useSyncExternalStore(
    store.on,
    () => select(store.read, store.input()),
    () => select(store.first, store.given),
  );
}

/**
 * Reports shown decisions according to the options. Suspends while one is loading, with `suspend`.
 *
 * @param key Changes when the result of `shown` changes.
 */
function useTracking(shown: ShownStates, key: unknown, { trackOn, suspend }: DecisionOptions = {}): Tracking {
  const store = useContext(FlagsContext);
  const [follow] = useState(() => createTracking(store));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is another one when `shown` is
  const [tracking, enter] = useMemo(() => follow(shown, trackOn), [key, trackOn]);
  if (suspend) shown(store.read).forEach(store.wait);
  useEffect(enter, [enter]);
  return tracking;
}

/** Returns the decision of a flag. Never throws; a flag that cannot be decided is off, and `reasons` says why. */
export function useDecision<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  flagKey: K,
  options?: DecisionOptions,
): DecisionState<F, K> & Tracking {
  const state = useFlags((read) => read(flagKey));
  return { ...state, ...useTracking(() => [state], state, options) } as DecisionState<F, K> & Tracking;
}

/** Returns the decisions of several flags, by key. */
export function useDecisions<F extends FlagMap<F> = AnyFlags, K extends FlagKey<F> = FlagKey<F>>(
  flagKeys: readonly K[],
  options?: PlainOptions,
): { readonly [Key in K]: DecisionState<F, Key> } {
  // One reader for each list: a render under way may read other flags than the one on the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list with the same keys is the same
  const states = useFlags(useMemo(() => createReader(flagKeys), [JSON.stringify(flagKeys)]));
  useTracking(() => states, states, options);
  return Object.fromEntries(states.map((state) => [state.decision.flagKey, state])) as never;
}

/** Creates the reader of a list of flags. It returns the same list as long as its elements are the same. */
function createReader(flagKeys: readonly string[]): ShownStates {
  let last: readonly DecisionState[] = [];
  return (read) => {
    const now = flagKeys.map((flagKey) => read(flagKey));
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
  options?: Pick<PlainOptions, 'trackOn'>,
): T {
  useTracking((read) => [read(flagKey)], flagKey, options?.trackOn === 'manual' ? options : {});
  return useFlags((read) => {
    const value: unknown = Object(read(flagKey).decision.variables)[variableKey];
    return typeof value === typeof fallback && value !== null ? (value as T) : fallback;
  });
}

/**
 * Returns a function that records a conversion of the user with the client. The function returns whether there was a
 * client: a page with only a snapshot tracks on its server.
 */
export function useTrack(): FlagsStore['track'] {
  return useContext(FlagsContext).track;
}

/**
 * Returns the user context that the client decides for; `null` without a client that is ready, and while a snapshot is
 * hydrated. Changes to it take effect at once.
 */
export function useUser<User extends FlagsUser = FlagsUser>(): User | null {
  const store = useContext(FlagsContext);
  return useFlags((_read, { client }) => (client ? store.user() : null)) as User | null;
}

/** Returns the client of the provider; `null` while a snapshot is hydrated, which the server may have rendered without one. */
export function useClient<Client extends FlagsClient = FlagsClient>(): Client | null {
  return useFlags((_read, { client }) => client ?? null) as Client | null;
}

/** Returns whether there are decisions: of a snapshot, or of a client that is ready. */
export function useReady(): Readiness {
  return useFlags(
    (_read, { client, snapshot }) => (snapshot || client?.isReady ? READY : unreadinessOf(client)) as Readiness,
  );
}
