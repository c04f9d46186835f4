/** Signals that end work, in a browser: no platform of pages minds how many listeners a signal has. */
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
