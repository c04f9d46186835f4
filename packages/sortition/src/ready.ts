/** Waiting for the first config: settles exactly once and leaves neither timer nor listener behind. */
import { type ConfigSource, SdkError } from '@sortition/core';

/** How long to wait. */
export interface ReadyOptions {
  /** 30,000 unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;

/** Resolves when the source has a config. @throws SdkError `not-ready`, `aborted` or `closed` */
export function waitUntilReady(
  source: ConfigSource,
  isReady: () => boolean,
  isClosed: () => boolean,
  options: ReadyOptions = {},
): Promise<void> {
  const { timeoutMs = TIMEOUT_MS, signal } = options;
  if (isReady()) return Promise.resolve();
  if (isClosed()) return Promise.reject(new SdkError('closed', 'The client was closed before it had a config.'));
  return new Promise<void>((resolve, reject) => {
    const settle = (error?: SdkError): void => {
      clearTimeout(timer);
      unsubscribe();
      signal?.removeEventListener('abort', onAbort);
      if (error) reject(error);
      else resolve();
    };
    const onAbort = (): void =>
      settle(new SdkError('aborted', 'Waiting for the client was aborted.', { cause: signal?.reason }));
    const unsubscribe = source.subscribe(() => {
      if (isReady()) settle();
    });
    const timer = setTimeout(() => {
      const message = `The client had no config after ${timeoutMs} ms. Check the SDK key and the network; it keeps trying.`;
      settle(new SdkError('not-ready', message));
    }, timeoutMs);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort);
  });
}
