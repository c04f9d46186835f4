/**
 * Fault switches: makes one endpoint slow, broken or silent while the others work.
 *
 * Every fault acts on the real socket, so clients see real network errors, not mocks.
 */
import type { NodeContext, NodeMiddleware } from './node-context.ts';

/** The endpoints whose faults are switched separately. */
export const ENDPOINTS = [
  'datafiles',
  'datafile-events',
  'odp-segments',
  'odp-events',
  'events',
  'predictions',
  'vardata',
] as const;

/** Name of an endpoint. */
export type Endpoint = (typeof ENDPOINTS)[number];

/** A fault of a request. */
export type Fault = FaultKind & {
  /** Share of requests that meet the fault, 0 to 1; every one by default. */
  readonly rate?: number;
  /** Number of requests after which the fault ends; unlimited by default. */
  readonly times?: number;
};

type FaultKind =
  /** Waits before the request is processed. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Sends this response without processing the request. The body is sent unchanged. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Announces the whole body, sends `bytes` of it (half by default) and cuts the connection. */
  | { readonly kind: 'truncate'; readonly bytes?: number }
  /** Sends the real response `bytes` at a time (1 by default), `intervalMs` apart (100 by default). */
  | { readonly kind: 'drip'; readonly bytes?: number; readonly intervalMs?: number }
  /** Never responds and keeps the connection open. */
  | { readonly kind: 'hang' }
  /** Resets the connection before the request is processed. */
  | { readonly kind: 'reset' }
  /** Processes the request, then resets the connection instead of responding. */
  | { readonly kind: 'commit-then-reset' };

/** Reads and sets the faults of a running server. */
export interface FaultSwitches {
  /** Replaces the faults of an endpoint; the first one whose rate hits a request acts, except latency, which adds up. */
  set(endpoint: Endpoint, faults: Fault | readonly Fault[]): void;
  /** Removes the faults of one endpoint, or of all. */
  clear(endpoint?: Endpoint): void;
  /** The faults in effect, by endpoint; endpoints without any are left out. */
  list(): Partial<Record<Endpoint, readonly Fault[]>>;
  /** Calls the listener whenever faults were set or cleared; returns unsubscribe. */
  subscribe(listener: () => void): () => void;
  /** Wraps the routes of an endpoint. */
  middleware(endpoint: Endpoint): NodeMiddleware;
}

/**
 * Creates the switches, all off.
 *
 * @param random Draws for `rate`, uniform in [0, 1).
 */
export function createFaultSwitches(random: () => number = Math.random): FaultSwitches {
  const active = new Map<Endpoint, { fault: Fault; left: number }[]>();
  const listeners = new Set<() => void>();
  const announce = (): void => {
    for (const listener of listeners) listener();
  };

  function draw(endpoint: Endpoint): Fault[] {
    const drawn: Fault[] = [];
    for (const entry of active.get(endpoint) ?? []) {
      if (entry.left <= 0 || (entry.fault.rate !== undefined && random() >= entry.fault.rate)) continue;
      entry.left -= 1;
      drawn.push(entry.fault);
      if (entry.fault.kind !== 'latency') break;
    }
    return drawn;
  }

  return {
    set(endpoint, faults) {
      const list = Array.isArray(faults) ? (faults as readonly Fault[]) : [faults as Fault];
      active.set(
        endpoint,
        list.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY })),
      );
      announce();
    },
    clear(endpoint) {
      if (endpoint === undefined) active.clear();
      else active.delete(endpoint);
      announce();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list() {
      const entries = [...active].map(([endpoint, faults]) => [
        endpoint,
        faults.filter(({ left }) => left > 0).map(({ fault }) => fault),
      ]);
      return Object.fromEntries(entries.filter(([, faults]) => faults?.length !== 0));
    },
    middleware: (endpoint) => async (context, next) => {
      for (const fault of draw(endpoint)) {
        const answer = await act(fault, context, next);
        if (answer !== undefined) return answer;
      }
      await next();
    },
  };
}

/** Returns the response of the fault; `undefined` when the request continues normally. */
async function act(fault: Fault, context: NodeContext, next: () => Promise<void>): Promise<Response | undefined> {
  switch (fault.kind) {
    case 'latency':
      await wait(fault.ms);
      return undefined;
    case 'status':
      return plainAnswer(fault);
    case 'hang':
      await closed(context);
      return new Response();
    case 'reset':
      context.env.incoming.socket.resetAndDestroy();
      return new Response();
    case 'commit-then-reset':
      await next();
      context.env.incoming.socket.resetAndDestroy();
      return new Response();
    default: {
      await next();
      const answer = await sentPartly(fault, context);
      // Hono keeps the route's response unless it is cleared first.
      context.res = undefined;
      context.res = answer;
      return answer;
    }
  }
}

function plainAnswer({ status, body, headers }: Fault & { kind: 'status' }): Response {
  const empty = [204, 205, 304].includes(status);
  return new Response(empty ? null : (body ?? `status ${status} on purpose`), {
    status,
    headers: { 'content-type': 'text/plain', ...headers },
  });
}

/** The same response with its full length announced and a body that stops early or arrives slowly. */
async function sentPartly(fault: Fault & { kind: 'truncate' | 'drip' }, context: NodeContext): Promise<Response> {
  const answer = context.res;
  const bytes = await readWhole(answer);
  const headers = new Headers(answer.headers);
  headers.delete('transfer-encoding');
  headers.set('content-length', String(bytes.byteLength));
  const body = fault.kind === 'truncate' ? truncated(fault, bytes, context) : dripping(fault, bytes);
  return new Response(body, { status: answer.status, headers });
}

/** Reads the body. For a stream that never ends, reads only its first chunk. */
async function readWhole(answer: Response): Promise<Uint8Array> {
  const isEndless = answer.headers.get('content-type')?.startsWith('text/event-stream');
  if (!isEndless || answer.body === null) return new Uint8Array(await answer.arrayBuffer());
  const reader = answer.body.getReader();
  const { value = new Uint8Array() } = await reader.read();
  await reader.cancel();
  return value;
}

function truncated(
  fault: Fault & { kind: 'truncate' },
  body: Uint8Array,
  { env }: NodeContext,
): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    async pull(controller) {
      if (!sent) controller.enqueue(body.subarray(0, fault.bytes ?? Math.floor(body.byteLength / 2)));
      else {
        await wait(10); // lets sent bytes leave before the connection is cut
        env.outgoing.destroy();
      }
      sent = true;
    },
  });
}

function dripping(fault: Fault & { kind: 'drip' }, body: Uint8Array): ReadableStream<Uint8Array> {
  const { bytes = 1, intervalMs = 100 } = fault;
  let offset = 0;
  return new ReadableStream({
    async pull(controller) {
      await wait(intervalMs);
      controller.enqueue(body.subarray(offset, offset + bytes));
      offset += bytes;
      if (offset >= body.byteLength) controller.close();
    },
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function closed({ env }: NodeContext): Promise<void> {
  return new Promise((resolve) => env.outgoing.once('close', resolve));
}
