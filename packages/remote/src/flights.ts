/**
 * Work under way that several callers share. Each caller has its own signal and deadline for work that another caller
 * started: on edge runtimes that work may have ended together with its request.
 */
import { SdkError } from '@sortition/core/errors';
import { startTimer } from '@sortition/http';

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  /** Lets the next caller start new work. */
  readonly land: () => void;
  waiting: number;
}

/** Shares work by key. */
export interface Flights<T> {
  has(key: string): boolean;
  /**
   * Settles like the work of `key`, which `start` begins when none is under way or when it takes longer than the
   * caller's deadline. Rejects with `aborted` when the caller's signal is; the work ends with its last waiting caller.
   */
  join(key: string, signal: AbortSignal | null | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** @param joinTimeoutMs How long a caller waits for the work of another caller. */
export function createFlights<T>(joinTimeoutMs: number): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  function launch(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const land = () => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const flight: Flight<T> = { result: start(controller.signal), controller, land, waiting: 0 };
    flights.set(key, flight);
    flight.result.then(land, land);
    return flight;
  }

  function wait(flight: Flight<T>, signal: AbortSignal | null | undefined, onLate?: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let waits = true;
      flight.waiting += 1;
      const cancelTimer = onLate && startTimer(() => leaveFor(() => resolve(onLate())), joinTimeoutMs, true);
      const abort = () =>
        leaveFor(() => {
          reject(
            new SdkError('aborted', 'The fetch of variants was aborted by its caller.', { cause: signal?.reason }),
          );
          if (flight.waiting > 0) return;
          // Aborted work takes a moment to end, and callers that come in the meantime must not join it.
          flight.land();
          flight.controller.abort();
        });
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) abort();
      flight.result.then(
        (value) => leaveFor(() => resolve(value)),
        (error: unknown) => leaveFor(() => reject(error)),
      );

      /** Only the first call has an effect. */
      function leaveFor(settle: () => void): void {
        if (!waits) return;
        waits = false;
        flight.waiting -= 1;
        cancelTimer?.();
        signal?.removeEventListener('abort', abort);
        settle();
      }
    });
  }

  return {
    has: (key) => flights.has(key),
    join(key, signal, start) {
      const flight = flights.get(key);
      if (flight === undefined) return wait(launch(key, start), signal);
      return wait(flight, signal, () => wait(launch(key, start), signal));
    },
  };
}
