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

/** How decisions are used by the hooks that answer neither `ref` nor `track`: at the commit, or not counted with `'manual'`. */
export interface PlainOptions extends DecisionOptions {
  readonly trackOn?: 'commit' | 'manual' | undefined;
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

/** What a component is given for the decisions it shows now, and the effect of its commit. */
export type FollowShown = (
  shown: ShownStates,
  trackOn: DecisionOptions['trackOn'],
) => readonly [Tracking, () => () => void];

/** Creates what follows the decisions that one component shows, as `trackOn` wants it. `ref` stays the same when they change. */
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
            // What was decided before may still be called, and is not to end the observer of now.
            if (!leave || !entries.some(({ isIntersecting }) => isIntersecting)) return;
            observer?.disconnect();
            track();
          });
          ref(element);
          isSeen = false;
        } catch {
          // This browser cannot tell.
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
