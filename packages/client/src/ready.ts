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
    const { timeoutMs, signal } = readFields(options, 'timeoutMs', 'signal');
    const limits = { timeoutMs: toDelayMs(timeoutMs, TIMEOUT_MS), signal };
    let wake = (): void => undefined;
    try {
      await withDeadline('Waiting for the client', limits, async () => {
        while (!isReady()) {
          if (state.isClosed) throw new SdkError('closed', 'The client was closed before it had a config.');
          await new Promise<void>((resolve) => {
            wake = resolve;
            waiting.add(wake);
          });
        }
      });
    } catch (error) {
      throw (error as SdkError).code === 'timeout' ? notReady(limits.timeoutMs, state.configProblem) : error;
    } finally {
      waiting.delete(wake);
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
      for (const wake of waiting) wake();
      waiting.clear(); // a call that finds nothing changed comes back
    },
  };
}

/** @param problem The last failure to get a config; its innermost cause is what has to be mended. */
function notReady(timeoutMs: number, problem: Problem | undefined): SdkError {
  let why = '';
  if (problem) {
    const innermost = describeInnermost(problem.cause);
    why = problem.message.includes(innermost) ? ` ${problem.message}` : ` ${problem.message} (${innermost})`;
  }
  const message = `The client had no config after ${timeoutMs} ms.${why} Check the SDK key and the network; it keeps trying.`;
  return new SdkError('not-ready', message, { cause: problem?.cause ?? problem });
}

/** Follows causes to the end; `''` when there are none. */
function describeInnermost(cause: unknown): string {
  let innermost = cause;
  for (let depth = 0; depth < 10; depth += 1) {
    const { cause: next } = readFields(innermost as Error, 'cause');
    if (next === undefined || next === null) break;
    innermost = next;
  }
  return innermost === undefined ? '' : describeCause(innermost);
}
