/** Comments in event streams, which show readers that a silent stream is still open. */
import type { SSEStreamingApi } from 'hono/streaming';

/** Well below the minute after which proxies and readers with a watchdog close an idle connection. */
const HEARTBEAT_MS = 15_000;

/** Sends a comment every `everyMs` until the reader goes. */
export function keepAlive(stream: SSEStreamingApi, everyMs: number = HEARTBEAT_MS): void {
  const timer = setInterval(() => void stream.write(': still here\n\n'), everyMs);
  timer.unref();
  stream.onAbort(() => clearInterval(timer));
}
