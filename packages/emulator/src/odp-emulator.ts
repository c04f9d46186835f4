/**
 * ODP emulator: a real GraphQL server for segments and the events endpoint.
 *
 * `POST /v3/graphql` returns the segments of a user as `qualified` and all other requested segments as `not_qualified`;
 * `POST /v3/events` returns 202. Both require `x-api-key`.
 */
import { createGraphQLError, createSchema, createYoga } from 'graphql-yoga';
import type { FaultSwitches } from './faults.ts';
import { isRecord, readJsonBody } from './json-body.ts';
import type { NodeApp, NodeMiddleware } from './node-context.ts';
import { createRecentIds } from './recent-ids.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';

/** An ODP event as received. */
export interface ReceivedOdpEvent {
  readonly apiKey: string;
  readonly type: string;
  readonly action: string;
  readonly identifiers: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The platform's documented errors for a user in a response with status 200. */
export type OdpRefusal = 'invalid-identifier' | 'invalid-identifier-classification' | 'other';

/** The emulator's controls. */
export interface OdpEmulator {
  /** Requests for segments. */
  readonly requests: RequestLog;
  readonly eventRequests: RequestLog;
  /** Events accepted, in order of arrival, without those among the 100,000 before by `idempotence_id`; the last 100,000. */
  readonly events: readonly ReceivedOdpEvent[];
  /** Events that arrived again with a known `idempotence_id`. */
  readonly duplicateEvents: number;
  /** Sets the segments a user is qualified for, whether identified by `fs_user_id` or by `vuid`. */
  setSegments(userId: string, segments: Iterable<string>): void;
  segments(userId: string): readonly string[];
  /** Users with segments. */
  users(): readonly string[];
  /** Returns an error for a user, or for all users with `'*'`, until it is set to `null`. */
  refuse(userId: string, refusal: OdpRefusal | null): void;
  /** Calls the listener with each accepted event; returns unsubscribe. */
  subscribe(listener: (event: ReceivedOdpEvent) => void): () => void;
}

/** Settings of the emulator. */
export interface OdpEmulatorOptions {
  /** Keys that are accepted; every non-empty one by default. */
  readonly apiKeys?: readonly string[];
  /** User id to qualified segments. */
  readonly segments?: Readonly<Record<string, readonly string[]>>;
}

const SCHEMA = /* GraphQL */ `
  type Query { customer(fs_user_id: String, vuid: String): Customer }
  type Customer { audiences(subset: [String]): AudienceConnection }
  type AudienceConnection { edges: [AudienceEdge] }
  type AudienceEdge { node: Audience }
  type Audience { name: String state: String }
`;

const REFUSALS: Readonly<Record<OdpRefusal, Record<string, string>>> = {
  'invalid-identifier': { code: 'INVALID_IDENTIFIER_EXCEPTION', classification: 'DataFetchingException' },
  'invalid-identifier-classification': { classification: 'InvalidIdentifierException' },
  other: { classification: 'TestExceptionClass' },
};

const KEPT_EVENTS = 100_000;

/** Adds the emulator's routes to `app`. */
export function createOdpEmulator(app: NodeApp, faults: FaultSwitches, options: OdpEmulatorOptions = {}): OdpEmulator {
  const segmentsByUser = new Map<string, Set<string>>();
  for (const [user, segments] of Object.entries(options.segments ?? {})) segmentsByUser.set(user, new Set(segments));
  const refusals = new Map<string, OdpRefusal>();
  const requests = createRequestLog();
  const eventRequests = createRequestLog();
  const listeners = new Set<(event: ReceivedOdpEvent) => void>();
  const idempotenceIds = createRecentIds(KEPT_EVENTS);
  let events: ReceivedOdpEvent[] = [];
  let duplicateEvents = 0;

  const yoga = createYoga({
    graphqlEndpoint: '/v3/graphql',
    graphiql: false,
    landingPage: false,
    logging: false,
    maskedErrors: true,
    schema: createSchema({ typeDefs: SCHEMA, resolvers: { Query: { customer } } }),
  });

  function customer(_: unknown, { fs_user_id: userId, vuid }: { fs_user_id?: string; vuid?: string }) {
    const id = userId ?? vuid;
    const refusal = refusals.get('*') ?? refusals.get(id ?? '');
    if (refusal !== undefined || id === undefined) {
      throw createGraphQLError('Exception while fetching data (/customer)', {
        extensions: REFUSALS[refusal ?? 'invalid-identifier'],
      });
    }
    const qualified = segmentsByUser.get(id);
    return {
      audiences({ subset }: { subset?: readonly (string | null)[] }) {
        const names = subset ?? [...(qualified ?? [])];
        return {
          edges: names.map((name) => ({
            node: { name, state: name !== null && qualified?.has(name) ? 'qualified' : 'not_qualified' },
          })),
        };
      },
    };
  }

  const checkKey: NodeMiddleware = async (context, next) => {
    const key = context.req.header('x-api-key') ?? '';
    if (key === '' || !(options.apiKeys?.includes(key) ?? true)) return context.json({ message: 'Forbidden' }, 403);
    return next();
  };

  app.use('/v3/graphql', async (context, next) => {
    const body = context.req.method === 'POST' ? await context.req.text() : '';
    requests.record(context.req.raw, body);
    await next();
  });
  app.use('/v3/graphql', faults.middleware('odp-segments'), checkKey);
  app.post('/v3/graphql', async (context) => {
    const { raw } = context.req;
    const answer = await yoga.fetch(
      new Request(raw.url, { method: 'POST', headers: raw.headers, body: await context.req.text() }),
    );
    return new Response(await answer.text(), { status: answer.status, headers: answer.headers });
  });

  app.use('/v3/events', async (context, next) => {
    eventRequests.record(context.req.raw, context.req.method === 'POST' ? await context.req.text() : '');
    await next();
  });
  app.use('/v3/events', faults.middleware('odp-events'), checkKey);
  app.post('/v3/events', async (context) => {
    const { value } = await readJsonBody(context);
    const invalid = invalidEvents(value);
    if (invalid.length > 0) {
      return context.json({ title: 'Bad Request', status: 400, detail: { invalids: invalid } }, 400);
    }
    for (const event of value as ReceivedOdpEvent[]) keep({ ...event, apiKey: context.req.header('x-api-key') ?? '' });
    return context.json({ title: 'Accepted', status: 202, timestamp: new Date().toISOString() }, 202);
  });

  function keep(event: ReceivedOdpEvent): void {
    const id = event.data.idempotence_id;
    if (typeof id === 'string') {
      if (idempotenceIds.has(id)) {
        duplicateEvents += 1;
        return;
      }
      idempotenceIds.add(id);
    }
    events.push(event);
    if (events.length >= 2 * KEPT_EVENTS) events = events.slice(-KEPT_EVENTS);
    for (const listener of listeners) listener(event);
  }

  return {
    requests,
    eventRequests,
    get events() {
      return events.slice(-KEPT_EVENTS);
    },
    get duplicateEvents() {
      return duplicateEvents;
    },
    setSegments: (userId, segments) => void segmentsByUser.set(userId, new Set(segments)),
    segments: (userId) => [...(segmentsByUser.get(userId) ?? [])],
    users: () => [...segmentsByUser.keys()],
    refuse(userId, refusal) {
      if (refusal === null) refusals.delete(userId);
      else refusals.set(userId, refusal);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function invalidEvents(body: unknown): { event: number; message: string }[] {
  if (!Array.isArray(body) || body.length === 0) return [{ event: 0, message: 'expected a non-empty array of events' }];
  return body.flatMap((event: unknown, index) => {
    const message = eventProblem(event);
    return message === undefined ? [] : [{ event: index, message }];
  });
}

function eventProblem(event: unknown): string | undefined {
  if (!isRecord(event)) return 'an event must be an object';
  const { type, action, identifiers, data } = event;
  if (typeof type !== 'string' || type === '') return "missing 'type' field";
  if (typeof action !== 'string' || action === '') return "missing 'action' field";
  if (!isRecord(identifiers) || Object.keys(identifiers).length === 0) return "missing 'identifiers' field";
  if (!isRecord(data)) return "missing 'data' field";
  const values = Object.values(data);
  if (values.some((value) => typeof value === 'object' && value !== null)) return "'data' must hold primitives";
  return undefined;
}
