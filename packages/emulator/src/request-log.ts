/** The last requests of a service, for tests that count requests on the server. */

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body text as received; `''` when there was none. */
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Counts every request and keeps the last ones. */
export interface RequestLog {
  /** Requests since the start or the last `clear()`. */
  readonly count: number;
  /** The last 1,000, oldest first; fewer where their bodies are large. */
  readonly recent: readonly ReceivedRequest[];
  /** Calls the listener with each request from now on; returns unsubscribe. */
  subscribe(listener: (request: ReceivedRequest) => void): () => void;
  clear(): void;
}

/** The server's side of a log. */
export interface RequestRecorder extends RequestLog {
  record(request: Request, body?: string): void;
}

const KEPT_REQUESTS = 1_000;
/** Characters of all bodies together, above which the older half goes. */
const KEPT_BODIES = 32 * 2 ** 20;

/** Creates an empty log. */
export function createRequestLog(): RequestRecorder {
  const listeners = new Set<(request: ReceivedRequest) => void>();
  let recent: ReceivedRequest[] = [];
  let count = 0;
  let bodies = 0;

  function keep(requests: ReceivedRequest[]): void {
    recent = requests;
    bodies = recent.reduce((sum, { body }) => sum + body.length, 0);
  }

  return {
    get count() {
      return count;
    },
    get recent() {
      return recent.slice(-KEPT_REQUESTS);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear() {
      keep([]);
      count = 0;
    },
    record(request, body = '') {
      const { pathname, search } = new URL(request.url);
      const received: ReceivedRequest = {
        method: request.method,
        path: pathname + search,
        headers: Object.fromEntries(request.headers),
        body,
        receivedAt: Date.now(),
      };
      count += 1;
      recent.push(received);
      bodies += body.length;
      // Cut in blocks: shifting one entry per request would copy the list each time.
      if (recent.length >= 2 * KEPT_REQUESTS) keep(recent.slice(-KEPT_REQUESTS));
      while (bodies > KEPT_BODIES && recent.length > 1) keep(recent.slice(Math.ceil(recent.length / 2)));
      for (const listener of listeners) listener(received);
    },
  };
}
