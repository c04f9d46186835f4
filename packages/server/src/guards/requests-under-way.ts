/** Requests under way: limits their number, and refuses new ones once the server is closing. */
import { RequestError } from '../request-error.ts';

/** The counter of requests. */
export interface RequestsUnderWay {
  readonly isClosed: boolean;
  /** Counts one more, or returns the refusal: 429, or 503 when closing. */
  enter(): RequestError | null;
  /** Counts one less. */
  leave(): void;
  close(): void;
}

/** @param max Limit of requests at a time. */
export function countRequests(max: number): RequestsUnderWay {
  let running = 0;
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    enter() {
      if (isClosed) return new RequestError(503, 'The server is closing.', { 'retry-after': '1' });
      if (running >= max) return tooMany(`More than ${max} requests are being answered.`);
      running += 1;
      return null;
    },
    leave() {
      running -= 1;
    },
    close() {
      isClosed = true;
    },
  };
}

/** Returns a refusal with `Retry-After`. */
export function tooMany(message: string): RequestError {
  return new RequestError(429, message, { 'retry-after': '1' });
}
