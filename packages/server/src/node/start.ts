/** Starts a decision server on Node: project, events, Redis, HTTP, and a stop that drains. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import {
  type Client,
  type ConfigSource,
  createBatchEvents,
  createClient,
  createPollingConfig,
  type EventSink,
  type Logger,
  type UserProfileStore,
} from 'sortition';
import { assembleServer } from '../decision-server.ts';
import type { ProjectOptions } from '../server-options.ts';
import type { RedisCommands } from '../streams/redis-stream.ts';
import { createFileConfig } from './file-config.ts';
import { createMetrics } from './metrics.ts';
import { createRequestListener } from './request-listener.ts';
import type { ProgramSettings } from './settings.ts';
import { isTracing, traced } from './traced.ts';

/** Connections that the program passes in, because their packages are peer dependencies. */
export interface ServerParts {
  readonly logger: Logger;
  readonly redis?: RedisCommands | undefined;
  readonly profiles?: UserProfileStore | undefined;
}

/** A running server. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Refuses new requests, waits for those under way and for events, and stops. */
  stop(): Promise<void>;
}

/** How long requests under way may take once the server is stopping. */
const DRAIN_MS = 5_000;
/** Time to read a datafile on disk. */
const FILE_TIMEOUT_MS = 5_000;

/** Starts the server; resolves when it listens, with or without a datafile. */
export async function startDecisionServer(settings: ProgramSettings, parts: ServerParts): Promise<RunningServer> {
  const { logger, redis, profiles } = parts;
  const { config, text, refresh } = createConfig(settings);
  const events = createEvents(settings);
  const client: Client = createClient({
    config,
    events,
    logger,
    clientName: 'sortition-server',
    ...(profiles && { profiles }),
  });
  // A file is read before listening. A server that fetches its datafile listens before it has one, and `/ready` says
  // when it has.
  if (settings.datafile !== null) await client.ready({ timeoutMs: FILE_TIMEOUT_MS }).catch(() => undefined);
  // A datafile names its project itself.
  const sdkKey = settings.sdkKey ?? (client.getProjectInfo()?.sdkKey || 'default');
  const project: ProjectOptions = { sdkKey, client, profiles, refresh, datafile: text };
  const overrides = settings.overrides ? new Map<string, string>() : undefined;
  const server = assembleServer({
    projects: [project],
    tokens: settings.tokens,
    allowedHosts: settings.allowedHosts,
    cors: settings.cors,
    redis,
    notifications: settings.notifications,
    limits: { bodyTimeoutMs: 0 },
    metrics: createMetrics([project]),
    logger,
    ...(overrides && {
      overrides: {
        getItem: (key: string) => overrides.get(key),
        setItem: (key: string, value: string) => overrides.set(key, value),
        removeItem: (key: string) => overrides.delete(key),
      },
    }),
  });
  const http = createServer(
    {
      // Node responds with 408 and closes the connection.
      headersTimeout: settings.requestTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      connectionsCheckingInterval: Math.ceil(settings.requestTimeoutMs / 10),
      keepAliveTimeout: 65_000,
    },
    // Spans are made around web requests.
    createRequestListener(server.direct, getRequestListener(traced(server.fetch)), () => !isTracing()),
  );
  try {
    await listen(http, settings);
  } catch (error) {
    await server.close();
    await client.close();
    throw error;
  }
  const { port } = http.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    await server.close();
    // Connections are closed after their response.
    http.keepAliveTimeout = 1;
    http.closeIdleConnections();
    const timer = setTimeout(() => http.closeAllConnections(), DRAIN_MS);
    await closed;
    clearTimeout(timer);
    await client.close();
  };
  return {
    url: `http://${host}:${port}`,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function createConfig(settings: ProgramSettings): {
  config: ConfigSource;
  text: () => string | null;
  refresh: () => Promise<boolean>;
} {
  if (settings.datafile !== null) {
    const config = createFileConfig(settings.datafile);
    return { config, text: config.text, refresh: config.refresh };
  }
  const template = settings.datafileUrl ?? (settings.lab === null ? undefined : `${settings.lab}/datafiles/%s.json`);
  let fetched: string | null = null;
  const config = createPollingConfig({
    sdkKey: settings.sdkKey ?? 'lab',
    // A cache receives each accepted datafile: a header line, then the text, which is served to other SDKs.
    cache: {
      getItem: () => null,
      setItem(_key, entry) {
        fetched = entry.slice(entry.indexOf('\n') + 1);
      },
      removeItem: () => undefined,
    },
    pollIntervalMs: settings.pollIntervalMs,
    insecureHosts: settings.insecureHosts,
    ...(template !== undefined && { urlTemplate: template }),
  });
  return { config, text: () => fetched, refresh: async () => (await config.refresh?.()) ?? false };
}

function createEvents(settings: ProgramSettings): EventSink | null {
  const { events, lab, insecureHosts, eventBatchSize: batchSize, eventFlushIntervalMs: flushIntervalMs } = settings;
  if (events === 'off') return null;
  const endpoint = events !== 'on' ? events : lab === null ? undefined : `${lab}/v1/events`;
  return createBatchEvents({ insecureHosts, batchSize, flushIntervalMs, ...(endpoint !== undefined && { endpoint }) });
}

function listen(http: Server, { host, port }: ProgramSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const message =
        cause.code === 'EADDRINUSE'
          ? `Port ${port} of ${host} is already in use; stop what uses it or choose another.`
          : `The server cannot listen on port ${port} of ${host}: ${cause.message}.`;
      reject(new Error(message, { cause }));
    });
    http.listen(port, host, resolve);
  });
}
