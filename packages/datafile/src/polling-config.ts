/**
 * A config source that fetches the datafile repeatedly. When the network, the server or the cache fails, the last
 * accepted config stays in use, polling continues, and the failure is reported as a problem.
 */
import type { ConfigSource } from '@sortition/core';
import { LightAbortController, limitTime, monotonicNow, startTimer } from '@sortition/http';
import { createChangeListeners } from './change-listeners.ts';
import { type ConfigProblemCode, configProblem, messageOf, pollProblemCode } from './config-problems.ts';
import { type FetchedDatafile, fetchDatafile } from './fetch-datafile.ts';
import { type ParsedDatafile, parseWith } from './parse-document.ts';
import { parseInTurns } from './parse-in-turns.ts';
import { createPollSchedule } from './poll-schedule.ts';
import { type PollingConfigOptions, readPollingOptions } from './polling-options.ts';
import { toJsonText } from './read-json.ts';
import { isSameJson } from './same-json.ts';

/** The config in use. */
interface Installed extends ParsedDatafile, FetchedDatafile {}

/** A poll under way; other callers join it. */
interface Flight {
  /** Whether a newer config was accepted; never rejects. */
  readonly done: Promise<boolean>;
  readonly startedAt: number;
  /** Not a platform object: in Workers a request must not use an `AbortController` of another request. */
  readonly controller: LightAbortController;
  /** Whether the server has responded: a version published later is not in this response. */
  isAnswered: boolean;
}

/** Beyond the request's own deadline: parsing and the cache. */
const FLIGHT_GRACE_MS = 3_000;
/** How long a source without timers retries for a `ready()`: the default timeout of `ready()`. */
const FIRST_CONFIG_PATIENCE_MS = 30_000;

/**
 * Creates a source that keeps a project config up to date.
 *
 * Several clients may share it: it starts with the first one and stops with the last one, which aborts requests. Its
 * timers do not keep the process alive.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const client = createClient({ config: createPollingConfig({ sdkKey: 'my-sdk-key' }) });
 * await client.ready();
 */
export function createPollingConfig(options: PollingConfigOptions): ConfigSource {
  const settings = readPollingOptions(options);
  const { updates, listen } = settings;
  const patienceMs = settings.requestTimeoutMs + FLIGHT_GRACE_MS;
  const schedule = createPollSchedule(settings.intervalMs, () => Math.random());
  const listeners = createChangeListeners();

  let installed: Installed | null = null;
  let flight: Flight | null = null;
  let dueAt = 0;
  /** Time of the first failure in a row; `null` while the last attempt succeeded. */
  let failingSince: number | null = null;
  /** Until this time a `ready()` may be waiting for the first config of a source without timers. */
  let awaitedUntil = 0;
  let cancelTimer: (() => void) | undefined;
  /** Set while a source in the background has listeners. */
  let running: LightAbortController | undefined;
  let isClosed = false;
  const cache = settings.cache?.({
    async take(fetched) {
      const parsed = await parseInTurns(fetched.text, options.check);
      // Only before the first config: a datafile from the network is newer.
      if (installed === null && !isClosed) install(parsed, fetched);
    },
    failed: (cause) => report('cache-failed', `The datafile cache failed: ${messageOf(cause)}`, cause),
  });

  if (settings.clamped) report('option-clamped', settings.clamped);
  if (settings.unknown) report('unknown-option', settings.unknown);
  if (options.datafile !== undefined) installInitial(options.datafile);

  function report(code: ConfigProblemCode, message: string, cause?: unknown): void {
    listeners.problem(configProblem(code, message, cause));
  }

  function installInitial(datafile: string | object): void {
    try {
      const text = toJsonText(datafile);
      installed = { ...parseWith(text, options.check), text, etag: null, lastModified: null };
    } catch (error) {
      report('invalid-datafile', messageOf(error), error);
    }
  }

  function install(parsed: ParsedDatafile, fetched: FetchedDatafile): void {
    installed = { ...parsed, ...fetched };
    listeners.emit({ type: 'config', text: fetched.text, ...parsed });
  }

  /** Installs a fetched document; returns whether it differs from the one before. */
  async function accept(fetched: FetchedDatafile, signal: AbortSignal): Promise<boolean> {
    const parsed = fetched.text === installed?.text ? installed : await parseInTurns(fetched.text, options.check);
    if (signal.aborted) return false;
    const { revision } = parsed.config;
    const isReused = installed?.config.revision === revision;
    if (isReused && installed && isSameJson(installed.text, fetched.text)) {
      installed = { ...installed, ...fetched };
      return false;
    }
    install(parsed, fetched);
    if (isReused) {
      const message = `The datafile changed and kept revision ${revision}; the new content is in use.`;
      report('revision-reused', message);
    }
    return true;
  }

  async function poll(signal: AbortSignal): Promise<boolean> {
    if (installed === null) await cache?.start(signal);
    try {
      const fetched = await fetchDatafile(settings, installed, signal);
      if (flight !== null) flight.isAnswered = true;
      const isNew = fetched !== null && (await accept(fetched, signal));
      if (signal.aborted) return false;
      failingSince = null;
      dueAt = monotonicNow() + schedule.succeeded();
      if (isNew && installed) await cache?.write(installed);
      return isNew;
    } catch (error) {
      if (signal.aborted) return false;
      failingSince ??= monotonicNow();
      const { delayMs, isNews } = schedule.failed(error);
      dueAt = monotonicNow() + delayMs;
      const serving = installed ? 'The last accepted config stays in use' : 'There is no config yet';
      const next = isNextPlanned() ? `; the next attempt is in ${Math.ceil(delayMs / 1_000)} s.` : '.';
      const message = `${messageOf(error)} ${serving}${next}`;
      if (isNews) report(pollProblemCode(error), message, error);
      return false;
    }
  }

  /** The poll under way, unless its deadline has passed: then it ended together with the request it ran in. */
  function currentFlight(): Flight | null {
    return flight !== null && monotonicNow() - flight.startedAt < patienceMs ? flight : null;
  }

  /** Joins the poll under way or starts one. */
  function startFlight(): Promise<boolean> {
    const joined = currentFlight();
    if (joined !== null) return joined.done;
    flight?.controller.abort();
    cancelTimer?.();
    const controller = new LightAbortController();
    const done = poll(controller.signal).finally(() => {
      if (flight !== started) return;
      flight = null;
      scheduleNext();
    });
    const started: Flight = { done, startedAt: monotonicNow(), controller, isAnswered: false };
    flight = started;
    return done;
  }

  function isNextPlanned(): boolean {
    return running !== undefined || (installed === null && dueAt < awaitedUntil);
  }

  function scheduleNext(): void {
    cancelTimer?.();
    if (isNextPlanned()) cancelTimer = startTimer(startFlight, dueAt - monotonicNow());
  }

  function onNews(): void {
    // The response of a poll under way may be older than this version.
    if (flight === null) startFlight();
    else flight.done.then(() => running && startFlight());
  }

  function onStreamFailure(error: unknown): void {
    report('stream-failed', `${messageOf(error)} Polling continues; the stream is tried again.`, error);
  }

  function start(): void {
    isClosed = false;
    if (updates !== 'background') return;
    running = new LightAbortController();
    if (flight === null) scheduleNext();
    listen?.({ signal: running.signal, currentEtag: () => installed?.etag, onNews, onFailure: onStreamFailure });
  }

  function stop(): void {
    cancelTimer?.();
    running?.abort();
    running = undefined;
    awaitedUntil = 0;
    flight?.controller.abort();
    flight = null;
  }

  return {
    current: () => installed?.config ?? null,
    problems: () => installed?.problems ?? [],
    failingMs: () => (failingSince === null ? 0 : monotonicNow() - failingSince),
    subscribe(listener) {
      const remove = listeners.add(listener);
      if (listeners.count === 1) start();
      return () => {
        if (remove() && listeners.count === 0) stop();
      };
    },
    async refresh(limits) {
      const { signal, timeoutMs = 2 * patienceMs } = limits ?? {};
      const what = 'Refreshing the config';
      const work = async (): Promise<boolean> => {
        const joined = currentFlight();
        if (joined !== null) {
          const isLate = joined.isAnswered;
          // The runtime may end it, so it is awaited for at most its own time limit.
          const result = await limitTime({ timeoutMs: patienceMs, what }, () => joined.done).catch(() => null);
          if (result !== null && !isLate) return result;
        }
        return !isClosed && startFlight();
      };
      return limitTime({ timeoutMs, signal, what }, work).catch(() => false);
    },
    close() {
      isClosed = true;
      stop();
    },
    ...(updates !== 'background' && {
      used(waitUntil, purpose) {
        if (isClosed) return;
        const isAwaited = purpose === 'ready' && installed === null;
        if (isAwaited) awaitedUntil = monotonicNow() + FIRST_CONFIG_PATIENCE_MS;
        if (currentFlight() || (updates === 'manual' && !isAwaited)) return;
        if (monotonicNow() < dueAt) {
          if (isAwaited) scheduleNext();
          return;
        }
        const done = startFlight();
        waitUntil?.(done);
      },
    }),
  };
}
