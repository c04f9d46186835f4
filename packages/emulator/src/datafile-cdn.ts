/**
 * Datafile CDN: serves published versions at the paths of the hosted CDN, with both validators, and announces new ones.
 *
 * `GET /datafiles/<sdkKey>.json`, `GET /datafiles/auth/<sdkKey>.json` with `Authorization: Bearer <token>`, and
 * `GET /datafiles/<sdkKey>/events`, a stream of versions.
 */
import { createHash } from 'node:crypto';
import { streamSSE } from 'hono/streaming';
import type { FaultSwitches } from './faults.ts';
import { keepAlive } from './heartbeat.ts';
import type { NodeApp, NodeContext } from './node-context.ts';
import { ID_PATTERN } from './request-guards.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';

/** A version of a datafile as served. */
export interface PublishedDatafile {
  readonly sdkKey: string;
  readonly text: string;
  /** Revision inside the document, `''` when it has none. */
  readonly revision: string;
  /** Strong validator, quoted, of the content. */
  readonly etag: string;
  /** HTTP date; at least a second later with each version, so that versions differ. */
  readonly lastModified: string;
}

/** The CDN's controls. */
export interface DatafileCdn {
  readonly requests: RequestLog;
  /**
   * Publishes a new version and announces it to event streams. A text is served unchanged, even when it is not a
   * datafile.
   *
   * @param options.accessToken When set, the datafile is served only on the authenticated path.
   */
  publish(sdkKey: string, datafile: string | object, options?: { readonly accessToken?: string }): PublishedDatafile;
  /** The version served now. */
  current(sdkKey: string): PublishedDatafile | undefined;
  /** Removes a datafile; requests for it get 404. */
  remove(sdkKey: string): void;
  /** Calls the listener with each version published from now on; returns unsubscribe. */
  subscribe(listener: (version: PublishedDatafile) => void): () => void;
  /** Event streams open now. */
  readonly openStreams: number;
}

interface StoredDatafile extends PublishedDatafile {
  readonly modifiedMs: number;
  readonly accessToken: string | undefined;
}

/** Adds the CDN's routes to `app`. */
export function createDatafileCdn(app: NodeApp, faults: FaultSwitches, heartbeatMs?: number): DatafileCdn {
  const stored = new Map<string, StoredDatafile>();
  const listeners = new Set<(version: PublishedDatafile) => void>();
  const requests = createRequestLog();
  let openStreams = 0;

  app.use('/datafiles/:key/events', faults.middleware('datafile-events'));
  app.get('/datafiles/:key/events', (context) => {
    const key = context.req.param('key');
    const version = stored.get(key);
    if (!ID_PATTERN.test(key) || version === undefined || version.accessToken !== undefined) return notFound(context);
    context.header('cache-control', 'no-store');
    return streamSSE(context, async (stream) => {
      openStreams += 1;
      const send = (version: PublishedDatafile) =>
        stream.writeSSE({
          event: 'datafile',
          id: version.etag.slice(1, -1),
          data: JSON.stringify({ sdkKey: version.sdkKey, revision: version.revision, etag: version.etag }),
        });
      const listener = (version: PublishedDatafile) => void (version.sdkKey === key && send(version));
      listeners.add(listener);
      const aborted = new Promise<void>((resolve) => stream.onAbort(resolve));
      await send(stored.get(key) ?? version);
      keepAlive(stream, heartbeatMs);
      await aborted;
      listeners.delete(listener);
      openStreams -= 1;
    });
  });

  app.use('/datafiles/auth/:file', faults.middleware('datafiles'));
  app.get('/datafiles/auth/:file', (context) => {
    requests.record(context.req.raw);
    const version = find(context.req.param('file'));
    if (version?.accessToken === undefined) return notFound(context);
    if (context.req.header('authorization') !== `Bearer ${version.accessToken}`) {
      return context.text('a valid access token is required', 401);
    }
    return serve(context, version);
  });

  app.use('/datafiles/:file', faults.middleware('datafiles'));
  app.get('/datafiles/:file', (context) => {
    requests.record(context.req.raw);
    const version = find(context.req.param('file'));
    if (version === undefined) return notFound(context);
    if (version.accessToken !== undefined) return context.text('this datafile needs the authenticated path', 403);
    return serve(context, version);
  });

  function find(file: string): StoredDatafile | undefined {
    const key = file.endsWith('.json') ? file.slice(0, -'.json'.length) : '';
    return ID_PATTERN.test(key) ? stored.get(key) : undefined;
  }

  return {
    requests,
    publish(sdkKey, datafile, { accessToken } = {}) {
      if (!ID_PATTERN.test(sdkKey)) throw new TypeError(`an SDK key matches ${ID_PATTERN}, got "${sdkKey}"`);
      const text = typeof datafile === 'string' ? datafile : JSON.stringify(datafile);
      const earliest = (stored.get(sdkKey)?.modifiedMs ?? 0) + 1_000;
      const modifiedMs = Math.max(Math.floor(Date.now() / 1_000) * 1_000, earliest);
      const version: StoredDatafile = {
        sdkKey,
        text,
        revision: revisionOf(text),
        etag: `"${createHash('sha256').update(text).digest('base64url')}"`,
        lastModified: new Date(modifiedMs).toUTCString(),
        modifiedMs,
        accessToken: accessToken ?? stored.get(sdkKey)?.accessToken,
      };
      stored.set(sdkKey, version);
      for (const listener of listeners) listener(version);
      return version;
    },
    current: (sdkKey) => stored.get(sdkKey),
    remove: (sdkKey) => void stored.delete(sdkKey),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get openStreams() {
      return openStreams;
    },
  };
}

function serve(context: NodeContext, version: StoredDatafile): Response {
  const headers = { etag: version.etag, 'last-modified': version.lastModified, 'cache-control': 'max-age=0' };
  if (isUnchanged(context, version)) return new Response(null, { status: 304, headers });
  return new Response(version.text, { headers: { ...headers, 'content-type': 'application/json' } });
}

/** With `If-None-Match`, other validators are ignored, as HTTP requires. */
function isUnchanged(context: NodeContext, { etag, modifiedMs }: StoredDatafile): boolean {
  const ifNoneMatch = context.req.header('if-none-match');
  if (ifNoneMatch !== undefined) {
    return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
  }
  const since = Date.parse(context.req.header('if-modified-since') ?? '');
  return since >= modifiedMs;
}

function revisionOf(text: string): string {
  try {
    return String((JSON.parse(text) as { revision?: unknown } | null)?.revision ?? '');
  } catch {
    return ''; // broken documents are published on purpose, to test clients
  }
}

function notFound(context: NodeContext): Response {
  return context.text('there is no datafile of this SDK key', 404);
}
