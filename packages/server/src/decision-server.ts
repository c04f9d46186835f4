/** The decision server: one fetch handler with the routes of OFREP, of the vendor's agent, and for operators. */
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { runBatch } from './agent/batch.ts';
import { openNotifications, publishConfigUpdates, publishUse } from './agent/notifications.ts';
import { createOverrides } from './agent/override.ts';
import { describeProject } from './agent/project-config.ts';
import { createBodyRoutes } from './body-routes.ts';
import { createDirectAnswers, type DirectAnswers } from './direct-answers.ts';
import { type Answer, jsonAnswer, type RequestHeaders, toResponse } from './exchange.ts';
import { createAccessCheck } from './guards/access.ts';
import { createHostCheck } from './guards/allowed-hosts.ts';
import { guardCallbacks } from './guards/callbacks.ts';
import { readJsonObject } from './guards/json-body.ts';
import { countRequests, tooMany } from './guards/requests-under-way.ts';
import { createStreamAddresses, openChangeStream } from './ofrep/change-stream.ts';
import { createProjects, SDK_KEY_HEADER } from './projects.ts';
import { refusal } from './refusal.ts';
import { RequestError } from './request-error.ts';
import { routeOf } from './route.ts';
import { type DecisionServerOptions, describeUnknown, readServerLimits } from './server-options.ts';
import { createLocalStream } from './streams/notification-stream.ts';
import { createRedisStream } from './streams/redis-stream.ts';
import { createOpenStreams } from './streams/server-sent-events.ts';

/** Handles requests. */
export interface DecisionServer {
  /** Never rejects. */
  fetch(request: Request): Promise<Response>;
  /** Ends open streams and stops listening to the clients, which stay open. */
  close(): Promise<void>;
}

/**
 * Creates a decision server from clients of the application.
 *
 * @throws SdkError `invalid-option`
 * @example
 * const server = createDecisionServer({ projects: [{ sdkKey: 'my-key', client }] });
 * serve({ fetch: server.fetch, port: 8080 });
 */
export function createDecisionServer(options: DecisionServerOptions): DecisionServer {
  const { fetch, close } = assembleServer(options);
  return { fetch, close };
}

/** Creates the server with the parts that adapters for other HTTP servers need. @throws SdkError `invalid-option` */
export function assembleServer(options: DecisionServerOptions): DecisionServer & { readonly direct: DirectAnswers } {
  const limits = readServerLimits(options);
  const { metrics } = options;
  const { logger, observe } = guardCallbacks(options.logger || undefined, metrics);
  const unknown = describeUnknown(options);
  if (unknown) logger?.warn({ code: 'unknown-option' }, unknown);
  const projects = createProjects(options.projects);
  const accessOf = createAccessCheck(options.tokens);
  const isAllowedHost = createHostCheck(options.allowedHosts);
  const overrides = options.overrides && createOverrides(options.overrides);
  const streams = createOpenStreams();
  const addresses = createStreamAddresses(options.tokens);
  const stream = options.redis
    ? createRedisStream(options.redis, (message) => logger?.warn({ code: 'notification-stream' }, message))
    : createLocalStream();
  const leave = options.projects.flatMap((project) => [
    publishConfigUpdates(project, stream),
    ...(options.notifications ? [publishUse(project, stream, options.notificationUsers ?? 'hashed')] : []),
    ...(options.redis && project.refresh ? [followOthers(project, stream)] : []),
  ]);
  const underWay = countRequests(limits.maxConcurrent);

  const admitStream = (): void => {
    if (streams.count >= limits.maxStreams) throw tooMany(`More than ${limits.maxStreams} streams are open.`);
  };

  const isGuarded = options.allowedHosts !== undefined || options.tokens !== undefined;
  /** @throws RequestError 403 for a host or token that is not allowed, 401 without a token */
  const guard = (path: string, headers: RequestHeaders): void => {
    if (!isGuarded) return;
    if (!isAllowedHost(headers.get('host')))
      throw new RequestError(403, 'The host of this request is not among the allowed hosts.');
    const isOpen = path === '/health' || path === '/ready' || path === '/ofrep/v1/events';
    const scope = isOpen ? 'all' : accessOf(headers);
    if (scope === 'none')
      throw new RequestError(
        401,
        'The request carries no valid token; expected "Authorization: Bearer …" or "X-API-Key".',
      );
    if (scope === 'read' && path !== '/ofrep/v1/evaluate/flags') {
      throw new RequestError(403, 'This token may only evaluate in bulk, with POST /ofrep/v1/evaluate/flags.');
    }
  };
  const failed = (error: unknown, path: string): Answer => {
    if (error instanceof RequestError) return refusal(error, path);
    logger?.error({ code: 'request-failed', cause: error }, 'A request failed unexpectedly.');
    return refusal(new RequestError(500, 'The server failed to answer this request.'), path);
  };
  const app = new Hono();
  /** Every route is guarded here and not by a middleware, which would create promises for each request. */
  const route = (method: 'GET' | 'POST', path: string, handle: (context: Context) => Response | Promise<Response>) =>
    app.on(method, path, (context) => {
      guard(context.req.path, context.req.raw.headers);
      return handle(context);
    });

  if (options.cors !== undefined) {
    const { cors: origin } = options;
    const allowHeaders = ['authorization', 'content-type', 'if-none-match', 'x-api-key', SDK_KEY_HEADER];
    app.use(
      '/ofrep/*',
      cors({ origin: origin === '*' ? '*' : [...origin], allowHeaders, exposeHeaders: ['etag', 'retry-after'] }),
    );
  }
  route('GET', '/health', (context) => context.json({ status: 'ok' }));
  route('GET', '/ready', (context) => {
    const waiting = projects.all.filter(({ client }) => !client.isReady).length;
    if (underWay.isClosed) return context.json({ status: 'closing' }, 503);
    return waiting === 0
      ? context.json({ status: 'ok' })
      : context.json({ status: 'waiting for datafiles', waiting }, 503);
  });
  route('GET', '/metrics', async (context) => {
    if (metrics === undefined) throw new RequestError(404, 'This server keeps no metrics.');
    return context.text(await metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  route('POST', '/refresh', async (context) => {
    const project = projects.orDefault(context.req.raw.headers);
    if (project.refresh === undefined) throw new RequestError(501, 'The datafile of this project cannot be refreshed.');
    return context.json({ refreshed: await project.refresh() });
  });

  const bulkImpressions = options.bulkImpressions ?? false;
  const bodyRoutes = createBodyRoutes({ projects, overrides, addresses, bulkImpressions });
  for (const { pattern, projectOf, answer } of bodyRoutes) {
    route('POST', pattern.replace('{key}', ':key{.+}'), async (context) => {
      const { headers } = context.req.raw;
      const project = projectOf(headers);
      const body = await readJsonObject(context.req.raw, limits);
      const asked = { key: context.req.param('key') ?? '', search: searchOf(context.req.url), headers };
      return toResponse(await answer(project, body, asked));
    });
  }
  route('GET', '/ofrep/v1/events', async (context) => {
    const sdkKey = await addresses.check(new URL(context.req.url).searchParams);
    const project = projects.all.find((known) => known.sdkKey === sdkKey);
    if (project === undefined)
      throw new RequestError(401, 'The address of this stream is not valid any more; evaluate in bulk for a new one.');
    admitStream();
    return openChangeStream(project, stream, streams, context.req.raw);
  });

  route('GET', '/v1/config', (context) => context.json(describeProject(projects.required(context.req.raw.headers))));
  route('GET', '/v1/datafile', (context) => answerDatafile(projects.required(context.req.raw.headers)));
  // The path of the vendor's CDN: SDKs that fetch datafiles only know this path, and send none of our headers.
  route('GET', '/datafiles/:file{.+\\.json}', (context) =>
    answerDatafile(projects.named((context.req.param('file') ?? '').replace(/\.json$/, ''))),
  );
  route('POST', '/v1/batch', async (context) => {
    const { maxBatch, batchConcurrency } = limits;
    const inherited = context.req.raw.headers;
    const answer = async (request: Request): Promise<Response> => app.fetch(request);
    const run = { maxBatch, batchConcurrency, inherited, base: context.req.url, answer };
    return context.json(await runBatch(await readJsonObject(context.req.raw, limits), run));
  });
  route('GET', '/v1/notifications/event-stream', (context) => {
    const project = projects.required(context.req.raw.headers);
    if (!options.notifications) throw new RequestError(403, 'Notification stream not enabled');
    admitStream();
    return openNotifications(project, stream, streams, context.req.raw);
  });

  app.notFound((context) => {
    guard(context.req.path, context.req.raw.headers);
    throw new RequestError(404, 'There is no such route.');
  });
  app.onError((error, context) => toResponse(failed(error, context.req.path)));

  return {
    async fetch(request) {
      const startedAt = performance.now();
      const refused = underWay.enter();
      if (refused !== null) return toResponse(refusal(refused, ''));
      try {
        const response = await app.fetch(request);
        observe?.({
          route: routeOf(request.url),
          method: request.method,
          status: response.status,
          durationMs: performance.now() - startedAt,
        });
        return response;
      } finally {
        underWay.leave();
      }
    },
    direct: createDirectAnswers({
      // Headers for other origins are added by what stands before the routes of OFREP.
      routes: bodyRoutes.filter(({ pattern }) => options.cors === undefined || !pattern.startsWith('/ofrep/')),
      underWay,
      maxBodyBytes: limits.maxBodyBytes,
      observe,
      guard,
      failed,
    }),
    async close() {
      underWay.close();
      for (const stop of leave) stop();
      streams.close();
      stream.close();
    },
  };
}

/** Fetches the datafile when another instance has a newer one. */
function followOthers(
  { sdkKey, client, refresh }: DecisionServerOptions['projects'][number],
  stream: ReturnType<typeof createLocalStream>,
): () => void {
  return stream.subscribe(null, ({ project, type, data }) => {
    if (project !== sdkKey || type !== 'project_config_update') return;
    const { Revision: revision } = JSON.parse(data) as { Revision?: string };
    if (revision !== client.getProjectInfo()?.revision) refresh?.().catch(() => undefined);
  });
}

function answerDatafile({ datafile }: DecisionServerOptions['projects'][number]): Response {
  if (datafile === undefined) throw new RequestError(501, 'The datafile of this project is not served.');
  const text = datafile();
  if (text === null) throw new RequestError(500, 'There is no datafile for this project yet.');
  return toResponse(jsonAnswer(text));
}

/** Returns the query of an address. */
function searchOf(url: string): string {
  const hash = url.indexOf('#');
  const address = hash < 0 ? url : url.slice(0, hash);
  const mark = address.indexOf('?');
  return mark < 0 ? '' : address.slice(mark + 1);
}
