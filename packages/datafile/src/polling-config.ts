/**
 * A config source that fetches the datafile over and over. Whatever the network, the server or the cache does: the last
 * accepted config serves, the loop goes on, and what went wrong is told as a problem.
 */
import type { ConfigChange, ConfigSource, Problem } from '@sortition/core';
import { monotonicNow, startTimer, withDeadline } from '@sortition/http';
import { type CachedDatafile, cacheKey, readCache, writeCache } from './cached-datafile.ts';
import { type ConfigProblemCode, configProblem, messageOf, pollProblem } from './config-problems.ts';
import { fetchDatafile, type Validators } from './fetch-datafile.ts';
import { type ParsedDatafile, parseDatafile } from './parse-datafile.ts';
import { parseInTurns } from './parse-in-turns.ts';
import { createPollSchedule } from './poll-schedule.ts';
import { type PollingConfigOptions, readPollingOptions } from './polling-options.ts';
import type { VersionStreamOptions } from './version-stream.ts';

interface Installed extends ParsedDatafile {
  readonly text: string;
}

/** One poll under way; whoever needs one joins it. */
interface Flight {
  /** Whether a newer config was accepted; never rejects. */
  readonly done: Promise<boolean>;
  readonly startedAt: number;
  /** Whether the server has answered: what it says now is no longer what it will say. */
  isAnswered: boolean;
  abort(): void;
}

/** How long the first request waits for a cached datafile and its validators. */
const CACHE_HEAD_START_MS = 100;
/** Beyond the request's own deadline: parsing and the cache. */
const FLIGHT_GRACE_MS = 3_000;

/**
 * Creates a source that keeps a project config up to date.
 *
 * It may be shared by clients: it starts with the first of them, and stops with the last, aborting what is under way. Its
 * timers do not keep the process alive.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const client = createClient({ config: createPollingConfig({ sdkKey: 'my-sdk-key' }) });
 * await client.ready();
 */
export function createPollingConfig(options: PollingConfigOptions): ConfigSource {
  const settings = readPollingOptions(options);
  const { endpoint, updates, intervalMs, requestTimeoutMs, cache } = settings;
  const schedule = createPollSchedule(intervalMs, () => Math.random());
  const entryKey = cacheKey(endpoint.url, options);
  const listeners = new Set<{ readonly listener: (change: ConfigChange) => void }>();

  /** Problems from before anybody listened. */
  let early: Problem[] = settings.warnings.map((warning) => configProblem('option-clamped', warning));
  let installed: Installed | null = readInitial(options.datafile, early);
  let validators: Validators | null = null;
  let cacheStart: Promise<void> | undefined;
  let isCacheFailing = false;
  let flight: Flight | null = null;
  let dueAt = Number.NEGATIVE_INFINITY;
  let cancelTimer: (() => void) | undefined;
  let closeStream: (() => void) | undefined;
  let isClosed = false;

  function emit(change: ConfigChange): void {
    for (const entry of [...listeners]) {
      try {
        if (listeners.has(entry)) entry.listener(change);
      } catch {
        // A listener's failure is its owner's; the others are told all the same.
      }
    }
  }

  function report(problem: Problem): void {
    if (listeners.size === 0) early = [...early.slice(-9), problem];
    else emit({ type: 'problem', problem });
  }

  function install(next: Installed, from: Validators | null): void {
    installed = next;
    validators = from;
    emit({ type: 'config', config: next.config, problems: next.problems });
  }

  /** Takes a fetched document over; answers whether it is another one than before. */
  async function accept(text: string, from: Validators, signal: AbortSignal): Promise<boolean> {
    if (text === installed?.text) {
      validators = from;
      return false;
    }
    const parsed = await parseInTurns(text);
    if (signal.aborted) return false;
    const previous = installed;
    const isReused = previous !== null && previous.config.revision === parsed.config.revision;
    if (isReused && isSameJson(previous.text, text)) {
      validators = from;
      return false;
    }
    install({ ...parsed, text }, from);
    if (isReused) {
      const message = `The datafile changed and kept revision ${parsed.config.revision}; the new content is in use.`;
      report(configProblem('revision-reused', message));
    }
    return true;
  }

  async function poll(signal: AbortSignal): Promise<boolean> {
    await startCache(signal);
    try {
      if (signal.aborted) return false;
      const fetched = await fetchDatafile(settings, validators, signal);
      if (flight !== null) flight.isAnswered = true;
      const isNew = fetched.type === 'document' && (await accept(fetched.text, fetched.validators, signal));
      if (signal.aborted) return false;
      dueAt = monotonicNow() + schedule.succeeded();
      if (isNew) await saveCache();
      return isNew;
    } catch (error) {
      if (signal.aborted) return false;
      const { delayMs, isNews } = schedule.failed(error);
      dueAt = monotonicNow() + delayMs;
      if (isNews) report(pollProblem(error, installed !== null, delayMs));
      return false;
    }
  }

  /** Reads the cache once, unless there is a config already; resolves soon, also when the cache does not. */
  async function startCache(signal: AbortSignal): Promise<void> {
    if (cacheStart !== undefined || cache === undefined || installed !== null) return;
    cacheStart = readCache(cache, entryKey)
      .then((entry) => (entry === null ? undefined : installCached(entry)))
      .catch((error: unknown) => reportCache(error));
    const reading = cacheStart;
    const what = 'The head start of the datafile cache';
    await withDeadline({ timeoutMs: CACHE_HEAD_START_MS, signal, what }, () => reading).catch(goOnWithout);
  }

  async function installCached({ text, validators: from }: CachedDatafile): Promise<void> {
    const parsed = await parseInTurns(text);
    // Only for a start: whatever came over the network meanwhile is newer.
    if (installed === null && !isClosed) install({ ...parsed, text }, from);
  }

  async function saveCache(): Promise<void> {
    if (cache === undefined || installed === null) return;
    try {
      await writeCache(cache, entryKey, { text: installed.text, validators });
      isCacheFailing = false;
    } catch (error) {
      reportCache(error);
    }
  }

  function reportCache(error: unknown): void {
    if (!isCacheFailing) report(configProblem('cache-failed', `The datafile cache failed: ${messageOf(error)}`, error));
    isCacheFailing = true;
  }

  /** A poll that outlived its own deadline died with the runtime it ran in. */
  function isFlying(): boolean {
    return flight !== null && monotonicNow() - flight.startedAt < requestTimeoutMs + FLIGHT_GRACE_MS;
  }

  /** Joins the poll under way or starts one. */
  function startFlight(): Flight {
    if (flight !== null && isFlying()) return flight;
    flight?.abort();
    cancelTimer?.();
    const controller = new AbortController();
    const done = poll(controller.signal).finally(() => {
      if (flight !== started) return;
      flight = null;
      scheduleNext();
    });
    const started: Flight = { done, startedAt: monotonicNow(), isAnswered: false, abort: () => controller.abort() };
    flight = started;
    return started;
  }

  function scheduleNext(): void {
    cancelTimer?.();
    if (updates !== 'background' || listeners.size === 0 || isClosed) return;
    cancelTimer = startTimer(startFlight, dueAt - monotonicNow());
  }

  function startStream(url: string): void {
    closeStream = listenWhenLoaded({
      url,
      secrets: endpoint.secrets,
      headers: new URL(url).origin === new URL(endpoint.url).origin ? endpoint.headers : {},
      fetch: settings.fetch,
      connectTimeoutMs: requestTimeoutMs,
      random: () => Math.random(),
      isNews: (data) => !validators?.etag || announcedEtag(data) !== validators.etag,
      onNews() {
        // A poll under way may have been answered before this version was there.
        if (flight === null) startFlight();
        else flight.done.then(() => listeners.size > 0 && !isClosed && startFlight());
      },
      onFailure: (error) => report(streamProblem(error)),
    });
  }

  function start(): void {
    isClosed = false;
    if (updates === 'background') {
      if (flight === null) scheduleNext();
      if (settings.streamUrl !== null) startStream(settings.streamUrl);
    }
  }

  function stop(): void {
    cancelTimer?.();
    closeStream?.();
    closeStream = undefined;
    flight?.abort();
    flight = null;
  }

  /** Early problems go to the first listener, after it got hold of its unsubscribe. */
  function deliverEarly(): void {
    const problems = early;
    early = [];
    for (const problem of problems) report(problem);
  }

  const source: ConfigSource = {
    current: () => installed?.config ?? null,
    problems: () => installed?.problems ?? [],
    subscribe(listener) {
      const entry = { listener };
      listeners.add(entry);
      if (listeners.size === 1) start();
      if (early.length > 0) queueMicrotask(deliverEarly);
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) stop();
      };
    },
    async refresh({ signal, timeoutMs } = {}) {
      if (isClosed || signal?.aborted) return false;
      const joined = flight;
      const patience = requestTimeoutMs + FLIGHT_GRACE_MS;
      const work = async () => {
        if (joined === null) return startFlight().done;
        const isLate = joined.isAnswered;
        const what = 'The poll under way';
        const result = await withDeadline({ timeoutMs: patience, what }, () => joined.done).catch(goOnWithout);
        return result === undefined || isLate ? startFlight().done : result;
      };
      const what = 'Refreshing the config';
      return withDeadline({ timeoutMs: timeoutMs ?? 2 * patience, signal, what }, work).catch(() => false);
    },
    close() {
      isClosed = true;
      stop();
    },
  };
  if (updates === 'background') return source;
  return {
    ...source,
    used(waitUntil, purpose) {
      if (isClosed || isFlying() || monotonicNow() < dueAt) return;
      if (updates === 'manual' && (purpose !== 'ready' || installed !== null)) return;
      const { done } = startFlight();
      waitUntil?.(done);
    },
  };
}

/** A cache that is not there in time may still be in time for a slow network. */
function goOnWithout(): undefined {
  return undefined;
}

function readInitial(datafile: string | object | undefined, early: Problem[]): Installed | null {
  if (datafile === undefined) return null;
  try {
    const parsed = parseDatafile(datafile);
    return { ...parsed, text: typeof datafile === 'string' ? datafile : JSON.stringify(datafile) };
  } catch (error) {
    early.push(configProblem('invalid-datafile', messageOf(error), error));
    return null;
  }
}

/** Longer documents are not compared beyond their text: that would cost four times the parsing of one, in one go. */
const MAX_COMPARED_LENGTH = 1_000_000;

/** Whether two valid documents differ in white space alone. */
function isSameJson(left: string, right: string): boolean {
  if (Math.max(left.length, right.length) > MAX_COMPARED_LENGTH) return false;
  return JSON.stringify(JSON.parse(left)) === JSON.stringify(JSON.parse(right));
}

function announcedEtag(data: string): unknown {
  try {
    return (JSON.parse(data) as { etag?: unknown } | null)?.etag;
  } catch {
    return undefined; // an event of another form still says that there is something new
  }
}

function streamProblem(error: unknown): Problem {
  const code: ConfigProblemCode = 'stream-failed';
  return configProblem(code, `${messageOf(error)} Polling goes on; the stream is tried again.`, error);
}

/** Loads the stream of versions, with its parser, for those who want one; returns close. */
function listenWhenLoaded(options: VersionStreamOptions): () => void {
  let isClosed = false;
  let close: (() => void) | undefined;
  import('./version-stream.ts').then(({ listenForVersions }) => {
    if (!isClosed) close = listenForVersions(options);
  }, options.onFailure);
  return () => {
    isClosed = true;
    close?.();
  };
}
