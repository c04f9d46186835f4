/** Waiting for the first config: settles exactly once per call and leaves neither timer nor listener behind. */
import { SdkError } from '@sortition/core';
import { toDelayMs, withDeadline } from './deadline.ts';

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

/** Creates the waiting room of one client. */
export function createReadiness(): Readiness {
  /** Each is told once; an error when there will be no config. */
  const waiting = new Set<(error?: SdkError) => void>();
  let isClosed = false;
  const settleAll = (error?: SdkError): void => {
    for (const settle of waiting) settle(error);
  };

  async function untilSettled({ timeoutMs, signal }: ReadyOptions): Promise<void> {
    const delayMs = toDelayMs(timeoutMs, TIMEOUT_MS);
    let settle = (_error?: SdkError): void => undefined;
    const settled = new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
    waiting.add(settle);
    try {
      await withDeadline('Waiting for the client', { timeoutMs: delayMs, signal }, () => settled);
    } catch (error) {
      throw (error as SdkError).code === 'timeout' ? notReady(delayMs) : error;
    } finally {
      waiting.delete(settle);
    }
  }

  return {
    wait(isReady, options = {}) {
      if (isReady) return Promise.resolve();
      const waited = isClosed ? Promise.reject(closed()) : untilSettled(options);
      // A call nobody waits for must not end the process when it fails; whoever does wait is told all the same.
      waited.catch(() => undefined);
      return waited;
    },
    settle: settleAll,
    close() {
      isClosed = true;
      settleAll(closed());
    },
  };
}

function notReady(timeoutMs: number): SdkError {
  const message = `The client had no config after ${timeoutMs} ms. Check the SDK key and the network; it keeps trying.`;
  return new SdkError('not-ready', message);
}

function closed(): SdkError {
  return new SdkError('closed', 'The client was closed before it had a config.');
}
