/** The ODP part of a client: segments, their cache, and events, for the settings of the current datafile. */
import { type Odp, type OdpHost, type OdpSettings, type Problem, SdkError, type SegmentRequest } from '@sortition/core';
import { hashText, tryPart } from '@sortition/core/internal';
import { LightAbortController, limitTime, toWellFormed } from '@sortition/http';
import { checkApiHost } from './allowed-hosts.ts';
import { guardSegmentCache } from './guarded-segment-cache.ts';
import { createMemorySegmentCache } from './memory-segment-cache.ts';
import { createOdpEvents } from './odp-events.ts';
import { checkOdpOptions, type OdpOptions } from './odp-options.ts';
import { createSegmentQuery, identifierKind, type RunGraphql } from './segment-query.ts';
import { createSegmentReader, type SegmentReader } from './segment-reader.ts';

/** The state for one set of settings. */
type Connection =
  | { readonly state: 'unknown' | 'off' }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'on'; readonly scope: string; readonly segmentsToCheck: number; readonly reader: SegmentReader };

const CLOSE_TIMEOUT_MS = 5_000;

/** Creates the part with the GraphQL client of a platform. @throws SdkError `invalid-option` */
export function createOdpOver(runGraphql: RunGraphql, options: OdpOptions): Odp {
  const checked = checkOdpOptions(options);
  const { segmentsCacheSize: size, segmentsCacheTimeoutMs, segmentsTimeoutMs, allowedHosts, fetch } = checked;
  const cache = guardSegmentCache(
    checked.segmentsCache ?? createMemorySegmentCache({ size, timeoutMs: segmentsCacheTimeoutMs }),
    report,
  );
  const counters = { segmentRequests: 0, segmentCacheHits: 0, segmentFailures: 0 };
  const closing = new LightAbortController();
  const events = createOdpEvents(checked, {
    report,
    waitUntil: () => host?.waitUntil,
    common: () => ({
      clientName: host?.clientName ?? 'sortition',
      clientVersion: host?.clientVersion ?? '0.0.0',
      randomId: checked.randomId,
    }),
  });
  let host: OdpHost | undefined;
  let settings: OdpSettings | null | undefined;
  let connection: Connection = { state: 'unknown' };

  function report(problem: Problem): void {
    host?.problem(problem);
  }

  function background(work: Promise<unknown>): void {
    tryPart(() => host?.waitUntil?.(work));
  }

  function configure(next: OdpSettings | null): void {
    if (settings !== undefined && isSame(settings, next)) return;
    const before = connection;
    settings = next;
    connection = connect(next);
    if (before.state !== 'on') return;
    before.reader.retire();
    background(cache.reset());
  }

  function connect(next: OdpSettings | null): Connection {
    if (next === null) {
      events.aim(null);
      return { state: 'off' };
    }
    const { apiHost, apiKey, segmentsToCheck } = next;
    try {
      const origin = checkApiHost(apiHost, allowedHosts);
      events.aim({ origin, apiKey });
      const query = createSegmentQuery({ runGraphql, origin, apiKey, segmentsToCheck, fetch, signal: closing.signal });
      return {
        state: 'on',
        // Servers that share a cache may have different datafiles for a while.
        scope: hashText(JSON.stringify([origin, apiKey, segmentsToCheck])).toString(36),
        segmentsToCheck: segmentsToCheck.length,
        reader: createSegmentReader({
          query,
          cache,
          counters,
          failureMemoryMs: checked.segmentsFailureMemoryMs,
          background,
        }),
      };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'ODP is off: its settings could not be used.';
      events.aim(null);
      report({ code: 'odp-host-refused', part: 'odp', message: reason });
      return { state: 'refused', reason };
    }
  }

  async function fetchSegments(request: SegmentRequest): Promise<readonly string[]> {
    const { userId, options: use, timeoutMs = segmentsTimeoutMs, signal } = request;
    if (closing.signal.aborted) throw closedError();
    if (typeof userId !== 'string')
      throw new SdkError('invalid-user', 'Segments are fetched for a user id that is a string.');
    if (connection.state !== 'on') throw unusable(connection);
    const { reader, scope, segmentsToCheck } = connection;
    if (segmentsToCheck === 0) return Object.freeze([]);
    const key = `${scope}-${identifierKind(userId)}-$-${toWellFormed(userId)}`;
    try {
      // Callers share a request under way, so the deadline of one caller only ends its own wait.
      const segments = await limitTime({ timeoutMs, signal, what: 'Fetching segments' }, () =>
        reader.read(key, userId, use, Math.max(timeoutMs, segmentsTimeoutMs)),
      );
      return Object.freeze([...segments]);
    } catch (error) {
      throw closing.signal.aborted ? closedError() : error;
    }
  }

  return {
    fetchSegments,
    sendEvent: events.send,
    configure,
    attach(given) {
      host = given;
      if (checked.unknown) report({ code: 'unknown-option', part: 'odp', message: checked.unknown });
    },
    flush: (flushOptions) => events.flush(flushOptions?.timeoutMs ?? CLOSE_TIMEOUT_MS),
    close(closeOptions) {
      closing.abort();
      if (connection.state === 'on') connection.reader.retire();
      return events.close(closeOptions?.timeoutMs ?? CLOSE_TIMEOUT_MS);
    },
    stats: () => ({ ...counters, events: events.report() }),
  };
}

function isSame(a: OdpSettings | null, b: OdpSettings | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.apiKey === b.apiKey &&
    a.apiHost === b.apiHost &&
    a.pixelUrl === b.pixelUrl &&
    a.segmentsToCheck.length === b.segmentsToCheck.length &&
    a.segmentsToCheck.every((segment, index) => segment === b.segmentsToCheck[index])
  );
}

function unusable(connection: Exclude<Connection, { state: 'on' }>): SdkError {
  if (connection.state === 'refused') return new SdkError('request-failed', connection.reason);
  return new SdkError(
    'not-ready',
    connection.state === 'off'
      ? 'ODP is not integrated: the datafile has no "odp" integration.'
      : 'ODP config is not available: there is no datafile yet.',
  );
}

function closedError(): SdkError {
  return new SdkError('closed', 'Segments cannot be fetched: ODP is closed.');
}
