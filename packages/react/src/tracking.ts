/** Reporting that decisions are on the screen. */
import type { DecisionState } from './decision-state.ts';
import type { FlagsStore } from './flags-store.ts';

/** Options of a hook with a decision. */
export interface DecisionOptions {
  /**
   * When an impression is recorded: `'commit'` (the default) when the component is on the page; `'visible'` when the
   * element with `ref` comes into view, or at the commit in browsers that cannot detect this; `'manual'` when `track`
   * is called.
   */
  readonly trackOn?: 'commit' | 'visible' | 'manual' | undefined;
  /** Suspends while the decision is loading, instead of returning `status: 'loading'`. */
  readonly suspend?: boolean | undefined;
}

/**
 * Options of hooks that return neither `ref` nor `track`: impressions are recorded at the commit, or with `'manual'`
 * not at all.
 */
export interface PlainOptions extends DecisionOptions {
  readonly trackOn?: 'commit' | 'manual' | undefined;
}

/** The functions that report that decisions are seen. */
export interface Tracking {
  /** For the element that shows the decision, with `trackOn: 'visible'`. */
  readonly ref: (element: Element | null) => void;
  /** Reports that the decision was seen, with `trackOn: 'manual'`. Counted once. */
  readonly track: () => void;
}

/** Returns the states that a component shows. */
export type ShownStates = (read: FlagsStore['read']) => readonly DecisionState[];

/** Returns the functions for the decisions that a component shows, and the effect for its commit. */
export type FollowShown = (
  shown: ShownStates,
  trackOn: DecisionOptions['trackOn'],
) => readonly [Tracking, () => () => void];

/**
 * Creates the tracking of the decisions that one component shows, according to `trackOn`. `ref` stays the same when
 * they change.
 */
export function createTracking(store: FlagsStore): FollowShown {
  let element: Element | null = null;
  let observer: IntersectionObserver | undefined;
  const ref = (next: Element | null): void => {
    element = next;
    observer?.disconnect();
    if (next) observer?.observe(next);
  };
  return (shown, trackOn) => {
    let leave: (() => boolean) | undefined;
    let isSeen = trackOn !== 'manual';
    const tell = (): void => {
      if (leave && isSeen) shown(store.read).forEach(store.see);
    };
    const track = (): void => {
      isSeen = true;
      tell();
    };
    const enter = () => {
      leave = store.on(tell);
      if (trackOn === 'visible') {
        try {
          observer = new IntersectionObserver((entries) => {
            // An earlier observer may still be called, and must not end the current one.
            if (!leave || !entries.some(({ isIntersecting }) => isIntersecting)) return;
            observer?.disconnect();
            track();
          });
          ref(element);
          isSeen = false;
        } catch {
          // This browser has no IntersectionObserver.
        }
      }
      tell();
      return () => {
        observer = void observer?.disconnect();
        leave = void leave?.();
      };
    };
    return [{ ref, track }, enter];
  };
}
