/**
 * Server-sent events that announce datafile versions. An event only says that it is worth asking; the document itself
 * comes through the same conditional request as ever, so a stream that lies, stalls or dies costs freshness and no more.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { SdkError } from '@sortition/core';
import { backoffMs, maskError, monotonicNow, startTimer, withDeadline } from '@sortition/http';
import { createParser } from 'eventsource-parser';
import type { PollingSettings } from './polling-options.ts';

export interface VersionStreamOptions {
  readonly settings: PollingSettings;
  /** Where the stream is. */
  readonly url: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** The version in use, `null` when there is none or its server does not name it. */
  readonly currentEtag: () => string | null | undefined;
  /** Called for news: for the first at once, then at most once a second. */
  readonly onNews: () => void;
  /** Called once per outage. */
  readonly onFailure: (error: unknown) => void;
}

const BACKOFF = { baseMs: 1_000, capMs: 300_000 };
/** Without a byte for this long, a connection may be dead without either end knowing. */
const IDLE_MS = 300_000;
const MAX_EVENT_BYTES = 1_048_576;
/** A stream that repeats itself must not make its listeners ask all the time. */
const LEAST_PAUSE_MS = 1_000;

/** Listens until the signal ends it, connecting again after every end. */
export function listenForVersions(options: VersionStreamOptions): void {
  const { settings, signal, currentEtag, onNews, onFailure } = options;
  let cancelTimer: (() => void) | undefined;
  let failures = 0;
  const pacer = createPacer(onNews);
  const onEvent = (data: string) => {
    failures = 0;
    const current = currentEtag();
    if (!signal.aborted && (!current || readEtag(data) !== current)) pacer.call();
  };
  const connect = () => {
    readEvents(options, onEvent).catch((error: unknown) => {
      if (signal.aborted) return;
      failures += 1;
      if (failures === 1) onFailure(maskError(error, settings.secrets));
      cancelTimer = startTimer(connect, backoffMs(BACKOFF, failures));
    });
  };
  signal.addEventListener('abort', () => {
    cancelTimer?.();
    pacer.cancel();
  });
  connect();
}

/** The version an event announces; an event of another form still says that there is something new. */
function readEtag(data: string): unknown {
  try {
    return (JSON.parse(data) as { etag?: unknown } | null)?.etag;
  } catch {
    return undefined;
  }
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
async function readEvents(options: VersionStreamOptions, onEvent: (data: string) => void): Promise<never> {
  const { signal } = options;
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
  { settings, url }: VersionStreamOptions,
  signal: AbortSignal,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const fetch = settings.fetch ?? globalThis.fetch;
  // Credentials are for the origin of the datafile only.
  const isSameOrigin = new URL(url).origin === new URL(settings.url).origin;
  const headers = { ...(isSameOrigin && settings.headers), accept: 'text/event-stream' };
  const what = 'Opening the stream of versions';
  // The deadline's own signal is left aside: it would end the stream together with the opening of it.
  const response = await withDeadline({ timeoutMs: settings.requestTimeoutMs, signal, what }, () =>
    fetch(url, { headers, redirect: 'manual', signal }),
  );
  if (response.status === 200 && response.body) return response.body.getReader();
  response.body?.cancel().catch(() => undefined);
  throw new SdkError('request-failed', `${what} was answered with status ${response.status} and no stream.`);
}
