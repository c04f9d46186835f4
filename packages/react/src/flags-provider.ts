/** The provider: holds the decisions for the components inside of it. */
import {
  type Context,
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useState,
} from 'react';
import type { FlagsInput } from './flags-input.ts';
import { createFlagsStore, type FlagsStore } from './flags-store.ts';

/**
 * Properties of `FlagsProvider`. What is absent is taken from a provider around it, but for the snapshot; `null` is not absent: with
 * `client={null}` the snapshot is all there is.
 */
export interface FlagsProviderProps extends FlagsInput {
  readonly children?: ReactNode;
}

/** The decisions of the provider around a component. */
export const FlagsContext: Context<FlagsStore> = /* @__PURE__ */ createContext(/* @__PURE__ */ createFlagsStore({}));
/** A server has no layout, and React 18 says so. */
const useCommitEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/**
 * Provides decisions to the hooks inside of it. Never breaks the page: with a client that is missing or has failed, and without a
 * snapshot, decisions are the off state and `reasons` says why.
 *
 * @example
 * <FlagsProvider client={client} user={{ id: 'ada', attributes: { plan: 'pro' } }}><Shop /></FlagsProvider>
 */
export function FlagsProvider({ children, ...props }: FlagsProviderProps): ReactNode {
  const parent = useContext(FlagsContext);
  const around = parent.input();
  const { client = around.client, user = around.user } = props;
  const input = { ...props, client, user };
  const [store] = useState(() => createFlagsStore(input, parent));
  useCommitEffect(() => store.set(input));
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the client that it was set to
  useEffect(store.start, [store, client]);
  return createElement(FlagsContext.Provider, { value: store }, children);
}
