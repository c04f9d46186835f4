/** Loads something for a view and keeps the last good value while it loads again, so that nothing jumps. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { sentenceOf } from '../lab/sentence-of.ts';

export interface Loaded<T> {
  readonly value: T | undefined;
  /** Why the last attempt failed; `null` when it did not. */
  readonly failure: string | null;
  reload(): Promise<void>;
}

/**
 * @param load Called at once, and again whenever it is another function: wrap it in `useCallback`.
 * @param everyMs Loads again that often, one load at a time; not at all unless given.
 */
export function useLoaded<T>(load: () => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ of: unknown; value: T | undefined; failure: string | null }>({
    of: load,
    value: undefined,
    failure: null,
  });
  const latest = useRef(load);
  latest.current = load;

  const reload = useCallback(async () => {
    const settle = (next: { value?: T; failure: string | null }) => {
      if (latest.current !== load) return;
      setState((last) => ({ of: load, value: last.of === load ? last.value : undefined, ...next }));
    };
    await load().then(
      (value) => settle({ value, failure: null }),
      (error: unknown) => settle({ failure: sentenceOf(error) }),
    );
  }, [load]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const turn = async () => {
      await reload();
      if (everyMs !== undefined && !isOver) timer = setTimeout(turn, everyMs);
    };
    void turn();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [reload, everyMs]);

  const isCurrent = state.of === load;
  return { value: isCurrent ? state.value : undefined, failure: isCurrent ? state.failure : null, reload };
}
