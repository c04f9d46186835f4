/** The decision server: one fetch handler with the routes of OFREP, of the vendor's agent, and of operation. */
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { activate } from './agent/activate.ts';
import { runBatch } from './agent/batch.ts';
import { decide } from './agent/decide.ts';
import { openNotifications, publishConfigUpdates, publishUse } from './agent/notifications.ts';
import { createOverrides, override } from './agent/override.ts';
import { lookupProfile, saveProfile } from './agent/profiles.ts';
import { describeProject } from './agent/project-config.ts';
import { sendOdpEvent, track } from './agent/track.ts';
import { createAccessCheck } from './guards/access.ts';
import { createHostCheck } from './guards/allowed-hosts.ts';
import { type JsonObject, readJsonObject } from './guards/json-body.ts';
import { jsonAnswer } from './json-text.ts';
import { createStreamAddresses, openChangeStream } from './ofrep/change-stream.ts';
import { entityTag, isMatch } from './ofrep/entity-tag.ts';
import { evaluateFlag, evaluateFlags } from './ofrep/evaluate.ts';
import { createProjects, SDK_KEY_HEADER } from './projects.ts';
import { RequestError } from './request-error.ts';
import { routeOf } from './route.ts';
import { type DecisionServerOptions, readServerLimits } from './server-options.ts';
import { createLocalStream } from './streams/notification-stream.ts';
import { createRedisStream } from './streams/redis-stream.ts';
import { createOpenStreams } from './streams/server-sent-events.ts';

/** Answers requests. */
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
  const limits = readServerLimits(options);
  const { logger, metrics } = options;
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
  let running = 0;
  let isClosed = false;

  const readBody = (context: Context): Promise<JsonObject> => readJsonObject(context.req.raw, limits);
  const admitStream = (): void => {
    if (streams.count >= limits.maxStreams) throw tooMany(`More than ${limits.maxStreams} streams are open.`);
  };

  const isGuarded = options.allowedHosts !== undefined || options.tokens !== undefined;
  /** @throws RequestError 403 for another host or a token that may not, 401 without one */
  const guard = (context: Context): void => {
    if (!isGuarded) return;
    const { headers } = context.req.raw;
    const { path } = context.req;
    if (!isAllowedHost(headers.get('host')))
      throw new RequestError(403, 'The host of this request is not one that this server answers for.');
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
  const app = new Hono();
  /** Every route is guarded here and not by a middleware, which would cost each request some promises. */
  const route = (method: 'GET' | 'POST', path: string, handle: (context: Context) => Response | Promise<Response>) =>
    app.on(method, path, (context) => {
      guard(context);
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
    if (isClosed) return context.json({ status: 'closing' }, 503);
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

  route('POST', '/ofrep/v1/evaluate/flags', async (context) => {
    const project = projects.orDefault(context.req.raw.headers);
    const body = await readBody(context);
    const scope = context.req.query('addresses') === 'all' ? 'all' : 'flags';
    const impressions = options.bulkImpressions ?? false;
    const { status, text } = await evaluateFlags(project.client, body, { scope, impressions });
    if (status !== 200) return jsonAnswer(text, status);
    const etag = await entityTag(body.context, text);
    if (isMatch(context.req.header('if-none-match') ?? null, etag)) return context.body(null, 304, { etag });
    const eventStreams = [{ type: 'sse', endpoint: { requestUri: await addresses.create(project) } }];
    return jsonAnswer(`{"flags":${text},"eventStreams":${JSON.stringify(eventStreams)}}`, 200, { etag });
  });
  route('POST', '/ofrep/v1/evaluate/flags/:key{.+}', async (context) => {
    const { client } = projects.orDefault(context.req.raw.headers);
    const { status, text } = await evaluateFlag(client, context.req.param('key') ?? '', await readBody(context));
    return jsonAnswer(text, status);
  });
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
  // The path of the vendor's CDN: SDKs that fetch datafiles need its address alone, and send no header of ours.
  route('GET', '/datafiles/:file{.+\\.json}', (context) =>
    answerDatafile(projects.named((context.req.param('file') ?? '').replace(/\.json$/, ''))),
  );
  route('POST', '/v1/decide', async (context) => {
    const project = projects.required(context.req.raw.headers);
    const keys = context.req.queries('keys') ?? [];
    return jsonAnswer(await decide(project, overrides, keys, await readBody(context)));
  });
  route('POST', '/v1/activate', async (context) => {
    const project = projects.required(context.req.raw.headers);
    const query = new URL(context.req.url).searchParams;
    return context.json(await activate(project, overrides, query, await readBody(context)));
  });
  route('POST', '/v1/track', async (context) => {
    const { client } = projects.required(context.req.raw.headers);
    return context.json(track(client, context.req.query('eventKey') ?? '', await readBody(context)));
  });
  route('POST', '/v1/lookup', async (context) =>
    context.json(await lookupProfile(projects.required(context.req.raw.headers), await readBody(context))),
  );
  route('POST', '/v1/save', async (context) => {
    await saveProfile(projects.required(context.req.raw.headers), await readBody(context));
    return context.body(null, 200);
  });
  route('POST', '/v1/override', async (context) =>
    context.json(await override(projects.required(context.req.raw.headers), overrides, await readBody(context))),
  );
  route('POST', '/v1/send-odp-event', async (context) => {
    const { client } = projects.required(context.req.raw.headers);
    return context.json(sendOdpEvent(client, await readBody(context)));
  });
  route('POST', '/v1/batch', async (context) => {
    const { maxBatch, batchConcurrency } = limits;
    const inherited = context.req.raw.headers;
    const answer = async (request: Request): Promise<Response> => app.fetch(request);
    const run = { maxBatch, batchConcurrency, inherited, base: context.req.url, answer };
    return context.json(await runBatch(await readBody(context), run));
  });
  route('GET', '/v1/notifications/event-stream', (context) => {
    const project = projects.required(context.req.raw.headers);
    if (!options.notifications) throw new RequestError(403, 'Notification stream not enabled');
    admitStream();
    return openNotifications(project, stream, streams, context.req.raw);
  });

  app.notFound((context) => {
    guard(context);
    throw new RequestError(404, 'There is no such route.');
  });
  app.onError((error, context) => {
    if (error instanceof RequestError) return refuse(context, error);
    logger?.error({ code: 'request-failed', cause: error }, 'A request failed in a way that was not foreseen.');
    return refuse(context, new RequestError(500, 'The server failed to answer this request.'));
  });

  return {
    async fetch(request) {
      const startedAt = performance.now();
      if (isClosed || running >= limits.maxConcurrent) {
        const error = isClosed
          ? new RequestError(503, 'The server is closing.', { 'retry-after': '1' })
          : tooMany(`More than ${limits.maxConcurrent} requests are being answered.`);
        return Response.json({ error: error.message }, { status: error.status, headers: error.headers });
      }
      running += 1;
      try {
        const response = await app.fetch(request);
        metrics?.observe({
          route: routeOf(request.url),
          method: request.method,
          status: response.status,
          durationMs: performance.now() - startedAt,
        });
        return response;
      } finally {
        running -= 1;
      }
    },
    async close() {
      isClosed = true;
      for (const stop of leave) stop();
      streams.close();
      stream.close();
    },
  };
}

/** Asks for the datafile when another instance has a newer one. */
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
  return jsonAnswer(text);
}

function tooMany(message: string): RequestError {
  return new RequestError(429, message, { 'retry-after': '1' });
}

/** OFREP and the agent name the sentence differently. */
function refuse(context: Context, { status, message, headers }: RequestError): Response {
  if (!context.req.path.startsWith('/ofrep/')) return Response.json({ error: message }, { status, headers });
  const body = status === 400 ? { errorCode: 'PARSE_ERROR', errorDetails: message } : { errorDetails: message };
  const key = /^\/ofrep\/v1\/evaluate\/flags\/(.+)$/.exec(context.req.path)?.[1];
  return Response.json(key === undefined ? body : { key: decode(key), ...body }, { status, headers });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
