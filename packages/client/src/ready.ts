/** Waiting for the first config: each call settles exactly once and leaves no timer or listener behind. */
import { SdkError } from '@sortition/core';
import type { ClientState } from './client-core.ts';
import type { ClientInternals } from './client-internals.ts';
import { toDelayMs, withLimits } from './deadline.ts';
import type { DecisionSteps } from './part.ts';
import { readFields } from './read-input.ts';

/** How long to wait. */
export interface ReadyOptions {
  /** 30,000 by default. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The calls of a client that wait for its first config. */
export interface Readiness {
  /** Resolves when the client is ready. @throws SdkError `not-ready`, `aborted`, `closed`, or `invalid-option` */
  wait(options?: ReadyOptions): Promise<void>;
  /** Makes the waiting calls check again. */
  wake(): void;
}

const TIMEOUT_MS = 30_000;

/** Creates the list of waiting calls of one client. */
export function createReadiness({
  state,
  steps,
  hooks,
}: Pick<ClientInternals, 'state' | 'steps' | 'hooks'>): Readiness {
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  let isPartMissing = hooks.some(({ ready }) => ready);
  Promise.allSettled(hooks.map(({ ready }) => ready)).then(() => {
    isPartMissing = false;
    wake();
  });
  const isReady = () => state.config !== null && !isPartMissing;

  return {
    wake,
    async wait(options) {
      if (isReady()) return;
      const { timeoutMs: wanted, signal } = readFields(options, 'timeoutMs', 'signal');
      const timeoutMs = toDelayMs(wanted, TIMEOUT_MS);
      let look = (): void => undefined;
      const begin = () =>
        new Promise<void>((resolve, reject) => {
          look = () => {
            if (isReady()) resolve();
            else if (state.isClosed) reject(new SdkError('closed', 'The client was closed before it was ready.'));
          };
          waiting.add(look);
          look();
        });
      try {
        await withLimits('Waiting for the client', { timeoutMs, signal }, begin);
      } catch (error) {
        throw (error as SdkError).code === 'timeout' ? notReady(timeoutMs, state, steps) : error;
      } finally {
        waiting.delete(look);
      }
    },
  };
}

/** Returns the error, with the last failure to get a config as its cause. */
function notReady(timeoutMs: number, { config, configProblem: problem }: ClientState, steps: DecisionSteps): SdkError {
  if (config) return new SdkError('not-ready', `A part of the client was not ready after ${timeoutMs} ms.`);
  const why = problem ? ` ${steps.describeProblem?.(problem) ?? problem.message}` : '';
  return new SdkError(
    'not-ready',
    `The client had no config after ${timeoutMs} ms.${why} Check the SDK key and the network; it keeps trying.`,
    { cause: problem?.cause ?? problem },
  );
}
