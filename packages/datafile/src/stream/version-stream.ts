/**
 * Server-sent events that announce datafile versions. An event only says that there may be a new version; the document
 * itself is fetched with the usual conditional request. So a stream that is wrong, stalls or breaks can only delay
 * updates.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { SdkError } from '@sortition/core';
import { checkOptionsObject, readString } from '@sortition/core/internal';
import {
  backoffMs,
  limitTime,
  maskError,
  monotonicNow,
  parseEndpoint,
  parseUrl,
  platformFetch,
  startTimer,
} from '@sortition/http';
import { createParser } from 'eventsource-parser';
import { messageOf } from '../config-problems.ts';
import type { VersionListener, VersionStream, VersionStreamSettings } from '../version-listener.ts';

/** Options of `versionStream`. */
export interface VersionStreamOptions {
  /** URL of the stream; by default the datafile's URL with `/events` instead of `.json`. */
  readonly url?: string | undefined;
}

const BACKOFF = { baseMs: 1_000, capMs: 300_000 };
/** After this long without a byte, a connection may be dead without either end noticing. */
const IDLE_MS = 300_000;
/** The end of a connection that was open for this long is normal: proxies and servers close idle ones. */
const HEALTHY_MS = 10_000;
const MAX_EVENT_BYTES = 1_048_576;
const FLOOD = 'The stream of versions sends bytes without end, and no events.';
/** A stream with many events must not cause a request for each. */
const LEAST_PAUSE_MS = 1_000;

/**
 * Creates a stream of versions for `createPollingConfig`: a new datafile is in use a second or two after it was published.
 *
 * It connects again after every end. A healthy connection that the server, a proxy or five minutes of silence ended is
 * replaced without a problem. An outage is reported once as a `stream-failed` problem, and polling continues.
 *
 * @throws SdkError `invalid-option`, here or when the source is created: the URL has to be https (see `insecureHosts`), and
 * without one the datafile's own URL has to end with `.json`.
 * @example
 * createPollingConfig({ sdkKey, stream: versionStream() });
 */
export function versionStream(options: VersionStreamOptions = {}): VersionStream {
  checkOptionsObject('versionStream', options, '{ url }');
  const given = readString('versionStream', options, 'url', undefined);
  return (settings) => {
    const url = readUrl(given, settings);
    return (listener) => listenForVersions(settings, url, listener);
  };
}

/** @throws SdkError `invalid-option` */
function readUrl(url: string | undefined, settings: VersionStreamSettings): string {
  if (url !== undefined) return parseEndpoint(url, 'stream.url', settings.insecureHosts).href;
  const { search, hash } = parseUrl(settings.url, 'urlTemplate');
  const path = settings.url.slice(0, settings.url.length - search.length - hash.length);
  if (path.endsWith('.json')) return path.replace(/\.json$/, '/events') + search;
  throw new SdkError(
    'invalid-option',
    'The stream has no URL and the URL of the datafile does not end with .json; expected stream: { url }.',
  );
}

/** Listens until the signal ends it, connecting again after every end. */
function listenForVersions(settings: VersionStreamSettings, url: string, listener: VersionListener): void {
  const { signal } = listener;
  let cancelTimer: (() => void) | undefined;
  let failures = 0;
  const pacer = createPacer(() => listener.onNews());
  const onEvent = (data: string) => {
    const current = listener.currentEtag();
    if (!signal.aborted && (!current || readEtag(data) !== current)) pacer.call();
  };
  const connect = () => {
    let openedAt = Number.POSITIVE_INFINITY;
    const onOpen = () => {
      openedAt = monotonicNow();
    };
    readEvents(settings, url, signal, onOpen, onEvent).catch((error: unknown) => {
      if (signal.aborted) return;
      if (monotonicNow() - openedAt >= HEALTHY_MS && messageOf(error) !== FLOOD) failures = 0;
      else failures += 1;
      if (failures === 1) listener.onFailure(maskError(error, settings.secrets));
      cancelTimer = startTimer(connect, backoffMs(BACKOFF, Math.max(failures, 1)));
    });
  };
  signal.addEventListener('abort', () => {
    cancelTimer?.();
    pacer.cancel();
  });
  connect();
}

/** The version that an event announces; an event in another format still announces a new version. */
function readEtag(data: string): unknown {
  try {
    return (JSON.parse(data) as { etag?: unknown } | null)?.etag;
  } catch {
    return undefined;
  }
}

/** Calls at once, or when the pause after the previous call is over. */
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
  settings: VersionStreamSettings,
  url: string,
  signal: AbortSignal,
  onOpen: () => void,
  onEvent: (data: string) => void,
): Promise<never> {
  const connection = new AbortController();
  const abort = () => connection.abort();
  signal.addEventListener('abort', abort);
  let cancelIdle = startTimer(abort, IDLE_MS);
  try {
    const reader = await open(settings, url, connection.signal);
    onOpen();
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
      if (unread > MAX_EVENT_BYTES) throw new SdkError('invalid-response', FLOOD);
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    cancelIdle();
    signal.removeEventListener('abort', abort);
    abort();
  }
}

async function open(
  settings: VersionStreamSettings,
  url: string,
  signal: AbortSignal,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const fetch = settings.fetch ?? (await platformFetch()) ?? globalThis.fetch;
  // Credentials are for the origin of the datafile only.
  const isSameOrigin = parseUrl(url, 'stream.url').origin === parseUrl(settings.url, 'urlTemplate').origin;
  const headers = { ...(isSameOrigin && settings.headers), accept: 'text/event-stream' };
  const what = 'Opening the stream of versions';
  const terms = { timeoutMs: settings.requestTimeoutMs, signal, what, unref: true };
  // Without the time limit's own signal, which would end the stream as soon as it is open.
  const response = await limitTime(terms, () => fetch(url, { headers, redirect: 'manual', signal, cache: 'no-store' }));
  if (response.status === 200 && response.body) return response.body.getReader();
  response.body?.cancel().catch(() => undefined);
  throw new SdkError('request-failed', `${what} was answered with status ${response.status} and no stream.`);
}
