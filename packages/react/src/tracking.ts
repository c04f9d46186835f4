/** Saying that decisions are on the screen. */
import type { DecisionState } from './decision-state.ts';
import type { FlagsStore } from './flags-store.ts';

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

/** Answers what a component shows. */
export type ShownStates = (read: FlagsStore['read']) => readonly DecisionState[];

/**
 * Follows what one component shows, as `trackOn` wants it.
 *
 * @returns What the component is given, and the effect of its commit.
 */
export function createTracking(
  store: FlagsStore,
  shown: ShownStates,
  trackOn: DecisionOptions['trackOn'],
): readonly [Tracking, () => () => void] {
  let leave: (() => boolean) | undefined;
  let observer: IntersectionObserver | undefined;
  let isSeen = trackOn !== 'manual';
  if (trackOn === 'visible') {
    try {
      observer = new IntersectionObserver((entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer?.disconnect();
        track();
      });
      isSeen = false;
    } catch {
      // This browser cannot tell.
    }
  }
  const tell = (): void => {
    if (leave && isSeen) shown(store.read).forEach(store.see);
  };
  const track = (): void => {
    isSeen = true;
    tell();
  };
  const ref = (element: Element | null): void => {
    if (element) observer?.observe(element);
  };
  const enter = () => {
    leave = store.on(tell);
    tell();
    return () => {
      leave?.();
      leave = undefined;
    };
  };
  return [{ ref, track }, enter];
}
