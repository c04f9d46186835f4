/** Saying that decisions are on the screen. */
import { useEffect, useState } from 'react';
import { useFlagsStore } from './flags-provider.ts';
import type { ReadStates } from './flags-store.ts';
import { settle } from './readiness.ts';

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

/**
 * Says that decisions are shown, as the options want it. Suspends while one is loading, if asked to.
 *
 * @param read Another function when the decisions are others.
 */
export function useTracking(read: ReadStates, { trackOn = 'commit', suspend }: DecisionOptions = {}): Tracking {
  const store = useFlagsStore();
  const [element, ref] = useState<Element | null>(null);
  const { client, timeoutMs } = store.input();
  // React waits for what is thrown; `use` does not exist before React 19.
  if (suspend && client && read().some(({ status }) => status === 'loading')) {
    throw settle(client, timeoutMs).then(store.refresh);
  }
  useEffect(() => {
    const leave = store.show(read);
    let observer: IntersectionObserver | undefined;
    if (trackOn !== 'visible' || typeof IntersectionObserver === 'undefined') {
      if (trackOn !== 'manual') store.see(read);
    } else if (element) {
      observer = new IntersectionObserver((entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer?.disconnect();
        store.see(read);
      });
      observer.observe(element);
    }
    return () => {
      observer?.disconnect();
      leave();
    };
  }, [store, read, trackOn, element]);
  return { ref, track: () => store.see(read) };
}
