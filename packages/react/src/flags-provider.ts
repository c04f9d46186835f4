/** The provider: holds the decisions for the components inside of it. */
import { createContext, createElement, type ReactNode, useContext, useEffect, useLayoutEffect, useState } from 'react';
import type { FlagsInput } from './flags-input.ts';
import { createFlagsStore, type FlagsStore } from './flags-store.ts';

/** Properties of `FlagsProvider`. What is absent is taken from a provider around it, but for the snapshot. */
export interface FlagsProviderProps extends Partial<FlagsInput> {
  /** Decides in the browser; may come later. Its owner closes it. */
  readonly client?: FlagsInput['client'];
  /** Decisions of the server, shown by the first render and until the client is ready. */
  readonly snapshot?: FlagsInput['snapshot'];
  /** Whom the client decides for. Compared by value: a new object with the same content changes nothing. */
  readonly user?: FlagsInput['user'];
  /** How long the client is waited for, ms; 5,000 unless given. After that decisions have `status: 'failed'`, until it is ready after all. */
  readonly timeoutMs?: number;
  readonly children?: ReactNode;
}

const TIMEOUT_MS = 5_000;
const FlagsContext = /* @__PURE__ */ createContext<FlagsStore | null>(null);
/** A server has no layout, and React 18 says so. */
const useCommitEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

let outside: FlagsStore | undefined;

/**
 * Provides decisions to the hooks inside of it. Never breaks the page: with a client that is missing or has failed, and without a
 * snapshot, decisions are the off state and `reasons` says why.
 *
 * @example
 * <FlagsProvider client={client} user={{ id: 'ada', attributes: { plan: 'pro' } }}><Shop /></FlagsProvider>
 */
export function FlagsProvider({
  client,
  snapshot,
  user,
  timeoutMs = TIMEOUT_MS,
  children,
}: FlagsProviderProps): ReactNode {
  const parent = useContext(FlagsContext);
  const around = parent?.input();
  const input: FlagsInput = { client: client ?? around?.client, snapshot, user: user ?? around?.user, timeoutMs };
  const [store] = useState(() => createFlagsStore(input, parent));
  useCommitEffect(() => store.give(input));
  useEffect(() => store.connect(input.client), [store, input.client]);
  return createElement(FlagsContext.Provider, { value: store }, children);
}

/** The decisions of the provider around a component. */
export function useFlagsStore(): FlagsStore {
  const store = useContext(FlagsContext);
  outside ??= createFlagsStore({ timeoutMs: TIMEOUT_MS });
  return store ?? outside;
}
