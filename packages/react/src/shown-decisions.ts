/** Reading decisions in a component, and saying that they are on the screen. */
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { DecisionState } from './decision-state.ts';
import { useFlagsStore } from './flags-provider.ts';

/** How decisions are used. */
export interface DecisionOptions {
  /**
   * When an impression is recorded: `'commit'` (unless given) when the component is on the page; `'visible'` when the element with
   * `ref` comes into view, or at the commit where browsers cannot tell; `'manual'` when `track` is called.
   */
  readonly trackOn?: 'commit' | 'visible' | 'manual' | undefined;
  /** Suspends while the decision is loading, instead of answering `status: 'loading'`. */
  readonly suspend?: boolean | undefined;
}

/** What tells that decisions are seen. */
export interface Tracking {
  /** For the element that shows the decision, with `trackOn: 'visible'`. */
  readonly ref: (element: Element | null) => void;
  /** Says that the decision is seen, with `trackOn: 'manual'`. Counted once. */
  readonly track: () => void;
}

/** Returns the states of flags, in their order; the same list as long as none changes. */
export function useShownDecisions(
  flagKeys: readonly string[],
  { trackOn = 'commit', suspend = false }: DecisionOptions = {},
): readonly [states: readonly DecisionState[], tracking: Tracking] {
  const store = useFlagsStore();
  const [element, ref] = useState<Element | null>(null);
  const keys = JSON.stringify(flagKeys);
  const [read, readFirst] = useMemo(() => {
    const own: string[] = JSON.parse(keys);
    return [createReader(own, store.read), createReader(own, store.readFirst)] as const;
  }, [store, keys]);
  const states = useSyncExternalStore(store.subscribe, read, readFirst);
  // React waits for what is thrown; `use` does not exist before React 19.
  if (suspend && store.input().client && states.some(({ status }) => status === 'loading')) throw store.settled();

  const tracking = useMemo(() => ({ ref, track: () => showAll(store.show, states)() }), [store, states]);
  useEffect(() => {
    if (trackOn === 'commit') return showAll(store.show, states);
    return trackOn === 'visible' ? whenVisible(element, () => showAll(store.show, states)) : undefined;
  }, [store, states, trackOn, element]);
  return [states, tracking];
}

function createReader(
  flagKeys: readonly string[],
  read: (flagKey: string) => DecisionState,
): () => readonly DecisionState[] {
  let last: readonly DecisionState[] = [];
  return () => {
    const now = flagKeys.map(read);
    if (now.some((state, index) => state !== last[index])) last = now;
    return last;
  };
}

function showAll(
  show: (flagKey: string, state: DecisionState) => () => void,
  states: readonly DecisionState[],
): () => void {
  const hides = states.map((state) => show(state.decision.flagKey, state));
  return () => {
    for (const hide of hides) hide();
  };
}

/** Calls `show` when an element is in view. Returns what ends both. */
function whenVisible(element: Element | null, show: () => () => void): (() => void) | undefined {
  if (typeof IntersectionObserver === 'undefined') return show();
  if (!element) return undefined;
  let hide: (() => void) | undefined;
  const observer = new IntersectionObserver((entries) => {
    if (hide || !entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    hide = show();
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
    hide?.();
  };
}
