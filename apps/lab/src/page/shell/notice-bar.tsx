/** Says what became of a change, over the corner of the page, so that nothing moves. Good news leaves by itself. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useLab } from '../lab/lab-session.ts';
import { Icon } from '../parts/icon.tsx';

const SHOWN_MS = 10_000;

export function NoticeBar(): JSX.Element {
  const { api, notice, publish } = useLab();
  const current = notice.value;
  useEffect(() => {
    if (current?.tone !== 'good') return;
    const timer = setTimeout(() => {
      if (notice.value === current) notice.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [current, notice]);
  const close = () => {
    notice.value = null;
  };
  return (
    <div class="notice" role="status" aria-live="polite">
      {current && (
        <div class={`notice-text ${current.tone}`}>
          <span>{current.text}</span>
          {current.undo !== undefined && (
            <button type="button" onClick={() => publish((base) => api.restore(base, current.undo ?? ''))}>
              Undo
            </button>
          )}
          <button type="button" class="quiet square" onClick={close} aria-label="Close the message">
            <Icon name="cross" />
          </button>
        </div>
      )}
    </div>
  );
}
