/** Waiting for the first config: settles exactly once per call and leaves neither timer nor listener behind. */
import { SdkError } from '@sortition/core';

/** How long to wait. */
export interface ReadyOptions {
  /** 30,000 unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Those who wait for a client's first config. */
export interface Readiness {
  /** Resolves when there is a config. @throws SdkError `not-ready`, `aborted` or `closed` */
  wait(isReady: boolean, options?: ReadyOptions): Promise<void>;
  /** There is a config. */
  settle(): void;
  /** There will be none. */
  close(): void;
}

const TIMEOUT_MS = 30_000;
/** A longer delay would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Creates the waiting room of one client. */
export function createReadiness(): Readiness {
  const waiting = new Set<(error?: SdkError) => void>();
  let isClosed = false;
  const settleAll = (error?: SdkError): void => {
    for (const settle of [...waiting]) settle(error);
  };
  return {
    wait(isReady, { timeoutMs = TIMEOUT_MS, signal } = {}) {
      if (isReady) return Promise.resolve();
      if (isClosed) return Promise.reject(closed());
      const settled = new Promise<void>((resolve, reject) => {
        const settle = (error?: SdkError): void => {
          waiting.delete(settle);
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          if (error) reject(error);
          else resolve();
        };
        const onAbort = (): void =>
          settle(new SdkError('aborted', 'Waiting for the client was aborted.', { cause: signal?.reason }));
        const delayMs = timeoutMs >= 0 ? Math.min(timeoutMs, MAX_TIMEOUT_MS) : TIMEOUT_MS;
        // Somebody awaits this, so the timer does keep the process alive: it would end silently in an outage.
        const timer = setTimeout(() => settle(notReady(delayMs)), delayMs);
        waiting.add(settle);
        if (signal?.aborted) onAbort();
        else signal?.addEventListener('abort', onAbort);
      });
      // A call nobody waits for must not end the process when it fails; whoever does wait is told all the same.
      settled.catch(ignore);
      return settled;
    },
    settle: () => settleAll(),
    close() {
      isClosed = true;
      settleAll(closed());
    },
  };
}

function ignore(): undefined {
  return undefined;
}

function notReady(timeoutMs: number): SdkError {
  const message = `The client had no config after ${timeoutMs} ms. Check the SDK key and the network; it keeps trying.`;
  return new SdkError('not-ready', message);
}

function closed(): SdkError {
  return new SdkError('closed', 'The client was closed before it had a config.');
}
