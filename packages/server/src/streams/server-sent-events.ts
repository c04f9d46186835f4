/**
 * Server-sent events: responses that stay open. Each is limited: a reader that is too slow is disconnected, and
 * reconnects.
 */

/** One message of a stream. */
export interface StreamMessage {
  readonly id: string;
  readonly event: string;
  /** One line. */
  readonly data: string;
}

/** Open streams of a server. */
export interface OpenStreams {
  /** Number of open streams. */
  readonly count: number;
  /** Opens a stream. `start` receives a function that sends, and returns a function that ends its subscription. */
  open(start: (send: (message: StreamMessage) => void) => () => void, headers?: Record<string, string>): Response;
  /** Ends all streams. */
  close(): void;
}

const HEARTBEAT_MS = 15_000;
/** Bytes that may wait for a slow reader. */
const MAX_WAITING_BYTES = 262_144;

/** Keeps the open streams of one server. */
export function createOpenStreams(): OpenStreams {
  const open = new Set<{ write(text: string): void; end(): void }>();
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  let last = { text: '', bytes: new Uint8Array() };
  /** Thousands of subscribers get the same text, so it is encoded once. */
  const encode = (text: string): Uint8Array => {
    if (text !== last.text) last = { text, bytes: new TextEncoder().encode(text) };
    return last.bytes;
  };
  const beat = (): void => {
    for (const stream of [...open]) stream.write(': still here\n\n');
  };
  return {
    get count() {
      return open.size;
    },
    open(start, headers = {}) {
      let stop: () => void = () => undefined;
      let stream: { write(text: string): void; end(): void };
      const body = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            stream = {
              write(text) {
                if (!open.has(stream)) return;
                controller.enqueue(encode(text));
                if ((controller.desiredSize ?? 0) <= 0) stream.end();
              },
              end() {
                if (!open.delete(stream)) return;
                stop();
                controller.close();
                if (open.size === 0) clearInterval(heartbeat);
              },
            };
            if (open.size === 0) heartbeat = setInterval(beat, HEARTBEAT_MS);
            (heartbeat as { unref?(): void } | undefined)?.unref?.();
            open.add(stream);
            // Sent at once, so that proxies and clients see that the stream is open.
            stream.write('retry: 2000\n\n');
            stop = start(({ id, event, data }) => stream.write(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`));
          },
          cancel() {
            if (!open.delete(stream)) return;
            stop();
            if (open.size === 0) clearInterval(heartbeat);
          },
        },
        { highWaterMark: MAX_WAITING_BYTES, size: (chunk) => chunk.byteLength },
      );
      return new Response(body, {
        headers: {
          'content-type': 'text/event-stream',
          'cache-control': 'no-cache',
          'x-accel-buffering': 'no',
          ...headers,
        },
      });
    },
    close() {
      for (const stream of [...open]) stream.end();
      clearInterval(heartbeat);
    },
  };
}
