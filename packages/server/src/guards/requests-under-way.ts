/** Requests under way: how many there are at a time, and none once the server is closing. */
import { RequestError } from '../request-error.ts';

/** Counts them. */
export interface RequestsUnderWay {
  readonly isClosed: boolean;
  /** Counts one more, or says why it must be refused: with 429, or 503 when closing. */
  enter(): RequestError | null;
  /** Counts one less. */
  leave(): void;
  close(): void;
}

/** @param max At a time. */
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

/** A refusal of what may be asked for again soon. */
export function tooMany(message: string): RequestError {
  return new RequestError(429, message, { 'retry-after': '1' });
}
