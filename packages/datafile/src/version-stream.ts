/**
 * Server-sent events that announce datafile versions. An event only says that it is worth asking; the document itself
 * comes through the same conditional request as ever, so a stream that lies, stalls or dies costs freshness and no more.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { SdkError } from '@sortition/core';
import { backoffMs, maskError, monotonicNow, startTimer, withDeadline } from '@sortition/http';
import { createParser } from 'eventsource-parser';

export interface VersionStreamOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch | undefined;
  /** For the answer's head, in ms. */
  readonly connectTimeoutMs: number;
  /** Texts that must not show in errors. */
  readonly secrets: readonly string[];
  /** Whether an event's data, which may be anything, announces a version that is not in use. */
  readonly isNews: (data: string) => boolean;
  /** Called for news: for the first at once, then at most once a second. */
  readonly onNews: () => void;
  /** Called once per outage. */
  readonly onFailure: (error: unknown) => void;
  readonly random: () => number;
}

const BACKOFF = { baseMs: 1_000, capMs: 300_000 };
/** Without a byte for this long, a connection may be dead without either end knowing. */
const IDLE_MS = 300_000;
const MAX_EVENT_BYTES = 1_048_576;
/** A stream that repeats itself must not make its listeners ask all the time. */
const LEAST_PAUSE_MS = 1_000;

/** Listens until closed, connecting again after every end. Returns close. */
export function listenForVersions(options: VersionStreamOptions): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let cancelTimer: (() => void) | undefined;
  let failures = 0;
  const pacer = createPacer(options.onNews);
  const onEvent = (data: string) => {
    failures = 0;
    if (!signal.aborted && options.isNews(data)) pacer.call();
  };
  const connect = () => {
    readEvents(options, signal, onEvent).catch((error: unknown) => {
      if (signal.aborted) return;
      failures += 1;
      if (failures === 1) options.onFailure(maskError(error, options.secrets));
      cancelTimer = startTimer(connect, backoffMs({ ...BACKOFF, random: options.random }, failures));
    });
  };
  connect();
  return () => {
    cancelTimer?.();
    pacer.cancel();
    controller.abort();
  };
}

/** Calls at once, or when the pause after the call before is over. */
function createPacer(work: () => void): { call(): void; cancel(): void } {
  let calledAt = Number.NEGATIVE_INFINITY;
  let cancelWait: (() => void) | undefined;
  const callNow = (): void => {
    calledAt = monotonicNow();
    cancelWait = undefined;
    work();
  };
  return {
    call() {
      if (cancelWait !== undefined) return;
      const pauseMs = calledAt + LEAST_PAUSE_MS - monotonicNow();
      if (pauseMs > 0) cancelWait = startTimer(callNow, pauseMs);
      else callNow();
    },
    cancel: () => cancelWait?.(),
  };
}

/** Reads one connection; always rejects in the end. */
async function readEvents(
  options: VersionStreamOptions,
  signal: AbortSignal,
  onEvent: (data: string) => void,
): Promise<never> {
  const connection = new AbortController();
  const abort = () => connection.abort();
  signal.addEventListener('abort', abort);
  let cancelIdle = startTimer(abort, IDLE_MS);
  try {
    const reader = await connect(options, connection.signal);
    const decoder = new TextDecoder();
    let unread = 0;
    const parser = createParser({
      onEvent({ data }) {
        unread = 0;
        onEvent(data);
      },
    });
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new SdkError('request-failed', 'The stream of versions ended.');
      cancelIdle();
      cancelIdle = startTimer(abort, IDLE_MS);
      unread += value.byteLength;
      if (unread > MAX_EVENT_BYTES) throw new SdkError('invalid-response', 'The stream of versions sends no events.');
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    cancelIdle();
    signal.removeEventListener('abort', abort);
    abort();
  }
}

async function connect(
  { url, headers, connectTimeoutMs: timeoutMs, fetch: given }: VersionStreamOptions,
  signal: AbortSignal,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const fetch = given ?? globalThis.fetch;
  const what = 'Opening the stream of versions';
  // The deadline's own signal is left aside: it would end the stream together with the opening of it.
  const response = await withDeadline({ timeoutMs, signal, what }, () =>
    fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, redirect: 'manual', signal }),
  );
  if (response.status === 200 && response.body) return response.body.getReader();
  response.body?.cancel().catch(() => undefined);
  throw new SdkError('request-failed', `${what} was answered with status ${response.status} and no stream.`);
}
