/** Abort signals in a browser, where a signal may have many listeners without a warning. */
import type { Signals } from '../abort.ts';

/** The same as in the main entry. */
export function onAbort(signals: Signals, listener: (reason: unknown) => void): () => void {
  const all = [signals].flat();
  const tell = () => {
    const ended = all.find((signal) => signal?.aborted);
    if (ended) listener(ended.reason);
  };
  tell();
  for (const signal of all) signal?.addEventListener('abort', tell);
  return () => {
    for (const signal of all) signal?.removeEventListener('abort', tell);
  };
}
