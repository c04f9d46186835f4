/** Waiting for the first config: settles exactly once per call and leaves neither timer nor listener behind. */
import { type Problem, SdkError } from '@sortition/core';
import type { ClientState } from './client-core.ts';
import { toDelayMs, withDeadline } from './deadline.ts';
import { describeCause } from './describe-cause.ts';
import { readFields } from './read-input.ts';

/** How long to wait. */
export interface ReadyOptions {
  /** 30,000 unless given. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The calls that wait for a client's first config. */
export interface Readiness {
  /** Resolves when the client is ready. @throws SdkError `not-ready`, `aborted`, `closed`, or `invalid-option` */
  wait(options?: ReadyOptions): Promise<void>;
  /** Makes the waiting calls look again. */
  wake(): void;
}

const TIMEOUT_MS = 30_000;

/** Creates the waiting room of one client. */
export function createReadiness(state: Readonly<ClientState>, isReady: () => boolean): Readiness {
  const waiting = new Set<() => void>();

  async function untilReady(options: ReadyOptions | undefined): Promise<void> {
    if (isReady()) return;
    const { timeoutMs: wanted, signal } = readFields(options, 'timeoutMs', 'signal');
    const timeoutMs = toDelayMs(wanted, TIMEOUT_MS);
    let look = (): void => undefined;
    const begin = () =>
      new Promise<void>((resolve, reject) => {
        look = () => {
          if (isReady()) resolve();
          else if (state.isClosed) reject(new SdkError('closed', 'The client was closed before it had a config.'));
        };
        waiting.add(look);
        look();
      });
    try {
      await withDeadline('Waiting for the client', { timeoutMs, signal }, begin);
    } catch (error) {
      throw (error as SdkError).code === 'timeout' ? notReady(timeoutMs, state.configProblem) : error;
    } finally {
      waiting.delete(look);
    }
  }

  return {
    wait(options) {
      const waited = untilReady(options);
      // A call that is not awaited must not end the process when it fails; one that is awaited rejects all the same.
      waited.catch(() => undefined);
      return waited;
    },
    wake() {
      for (const look of waiting) look();
    },
  };
}

/** @param problem The last failure to get a config; its innermost cause is what has to be mended. */
function notReady(timeoutMs: number, problem: Problem | undefined): SdkError {
  const { cause, message } = problem ?? { message: '' };
  const innermost = describeCause(innermostOf(cause));
  const why = cause === undefined || message.includes(innermost) ? message : `${message} (${innermost})`;
  const text = `The client had no config after ${timeoutMs} ms.${why && ` ${why}`} Check the SDK key and the network; it keeps trying.`;
  return new SdkError('not-ready', text, { cause: cause ?? problem });
}

/** Follows causes to the end. */
function innermostOf(cause: unknown, depth = 0): unknown {
  const { cause: next } = readFields(cause as Error, 'cause');
  return next == null || depth >= 10 ? cause : innermostOf(next, depth + 1);
}
