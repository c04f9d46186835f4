import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { createDecisionServer } from '@sortition/server';
import { readSettings, startDecisionServer } from '@sortition/server/node';
import fc from 'fast-check';
import { createClient, createMemoryProfileStore, createStaticConfig } from 'sortition';
import { afterAll, expect, it } from 'vitest';
import { startBound, startFuzzRun } from '../src/fuzz-run.ts';
import { HOSTILE_VALUES } from '../src/hostile-values.ts';

const { seed, factor } = startFuzzRun('http');

const TOKEN = 'a-long-token-for-servers';
const SDK_KEY = 'shop-key';
const datafile = JSON.stringify(SHOP_DATAFILE);
const profiles = createMemoryProfileStore();
const client = createClient({
  config: createStaticConfig({ datafile }),
  events: { record: () => undefined },
  profiles,
  logger: false,
});
const overrides = new Map<string, string>();
/** What was logged at a level that operators see. */
const logged: string[] = [];
const log = (fields: object, message: string): void => {
  logged.push(`${message} ${JSON.stringify(fields)}`);
};
const server = createDecisionServer({
  projects: [{ sdkKey: SDK_KEY, client, profiles, datafile: () => datafile, refresh: async () => false }],
  tokens: [{ token: TOKEN, scope: 'all' }],
  allowedHosts: ['flags.example.com'],
  cors: ['https://shop.example'],
  notifications: true,
  overrides: {
    getItem: (key) => overrides.get(key),
    setItem: (key, value) => overrides.set(key, value),
    removeItem: (key) => overrides.delete(key),
  },
  limits: { maxBodyBytes: 300_000, maxBatch: 20, bodyTimeoutMs: 5_000 },
  logger: { debug: () => undefined, info: log, warn: log, error: log },
});
afterAll(() => server.close());

const value = fc.oneof(fc.constantFrom(...HOSTILE_VALUES), fc.jsonValue());
const text = fc.oneof(fc.constantFrom('ada', 'checkout', 'checkout_redesign', 'express', 'purchase'), fc.string());
/** Right, nearly right, or anything. */
const sometimes = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: right as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: value });
const attributes = sometimes(fc.dictionary(fc.string(), value));
const operation = sometimes(
  fc.record(
    {
      method: sometimes(fc.constantFrom('GET', 'POST')),
      url: sometimes(
        fc.constantFrom('/v1/decide', '/v1/config', '/v1/track', '/v1/batch', '/v1/../health', '//evil/v1'),
      ),
      operationID: value,
      body: value,
      parameters: sometimes(fc.dictionary(fc.constantFrom('keys', 'eventKey', 'type'), value)),
      headers: sometimes(fc.dictionary(fc.constantFrom('X-Optimizely-SDK-Key', 'Host', 'Authorization'), value)),
    },
    { requiredKeys: [] },
  ),
);
const document = sometimes(
  fc.record(
    {
      context: sometimes(fc.record({ targetingKey: sometimes(text), plan: value }, { requiredKeys: [] })),
      userId: sometimes(text),
      userAttributes: attributes,
      decideOptions: sometimes(fc.array(fc.constantFrom('INCLUDE_REASONS', 'DISABLE_DECISION_EVENT', 'NO'))),
      forcedDecisions: sometimes(
        fc.array(sometimes(fc.record({ flagKey: value, ruleKey: value, variationKey: value }, { requiredKeys: [] }))),
      ),
      fetchSegments: value,
      fetchSegmentsOptions: value,
      eventTags: attributes,
      experimentKey: sometimes(text),
      variationKey: sometimes(text),
      experimentBucketMap: sometimes(
        fc.dictionary(fc.string(), sometimes(fc.record({ variation_id: value }, { requiredKeys: [] }))),
      ),
      action: value,
      type: value,
      identifiers: attributes,
      data: attributes,
      operations: sometimes(fc.array(operation, { maxLength: 25 })),
    },
    { requiredKeys: [] },
  ),
);
const body = fc.oneof(
  { weight: 4, arbitrary: document.map((content) => JSON.stringify(content)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: document.map((content) => JSON.stringify(content).slice(0, -1)) },
  { weight: 1, arbitrary: fc.uint8Array().map((bytes) => new Uint8Array(bytes)) },
);
const ROUTES = [
  ...['/health', '/ready', '/metrics', '/refresh', '/ofrep/v1/events', '/ofrep/v1/evaluate/flags'],
  ...[
    '/ofrep/v1/evaluate/flags/checkout',
    '/ofrep/v1/evaluate/flags/checkout.steps',
    '/v1/config',
    '/v1/datafile',
    '/datafiles/shop-key.json',
  ],
  ...['/v1/decide', '/v1/activate', '/v1/track', '/v1/lookup', '/v1/save', '/v1/override', '/v1/send-odp-event'],
  ...['/v1/batch', '/v1/notifications/event-stream'],
];
const path = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ROUTES) },
  {
    weight: 1,
    arbitrary: fc.string().map((key) => `/ofrep/v1/evaluate/flags/${encodeURIComponent(key)}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/%', '/ofrep/v1/evaluate/flags/%ff', '/v1/%2e%2e/health', '//', '/V1/DECIDE'),
  },
);
const NAMES = ['keys', 'featureKey', 'experimentKey', 'type', 'enabled', 'disableTracking', 'eventKey', 'filter'];
const query = fc.array(
  fc.tuple(
    fc.constantFrom(...NAMES, 'addresses', 'project', 'expires', 'signature', '__proto__'),
    fc.oneof(text, fc.constantFrom('feature', 'experiment', 'all', 'true', '%', 'x'.repeat(5_000))),
  ),
  { maxLength: 4 },
);
const latin = fc.stringMatching(/^[\x20-\x7e\xa0-\xff]{0,40}$/);
/** Mostly right, or nothing behind the first guard would be tried. */
const mostly = (...right: string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: latin });
const headers = fc.record(
  {
    host: mostly('flags.example.com'),
    authorization: mostly(`Bearer ${TOKEN}`),
    'x-optimizely-sdk-key': mostly(SDK_KEY, `${SDK_KEY}:token`),
    'content-type': mostly('application/json', 'application/json; charset=utf-8'),
    'content-length': mostly('1', '86', '-1', 'x', '999999999'),
    'if-none-match': fc.oneof(fc.constantFrom('*', 'W/"x", "y"', '"'), latin),
    'last-event-id': fc.oneof(fc.constantFrom('0-0', '999999999999999-1', '-', '1-'), latin),
    origin: fc.oneof(fc.constantFrom('https://shop.example', 'null'), latin),
  },
  { requiredKeys: ['host', 'authorization', 'x-optimizely-sdk-key', 'content-type'] },
);

/** Statuses that are an answer to a caller; 500 is one where the agent has it, for segments that cannot be had. */
const STATUSES = new Set([200, 204, 304, 400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 501]);

it('[SRV-11] any request is answered with a status and one sentence, and nothing is logged', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('POST', 'POST', 'POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'),
      path,
      query,
      headers,
      body,
      async (method, route, parameters, sent, content) => {
        const search = new URLSearchParams(parameters.map(([name, entry]) => [name, entry]));
        const hasBody = method !== 'GET' && method !== 'HEAD';
        const endBound = startBound();
        const request = new Request(`http://flags.example.com${route}?${search}`, {
          method,
          headers: sent,
          ...(hasBody && { body: content }),
        });
        const answer = await server.fetch(request);
        expect(STATUSES).toContain(answer.status);
        if (answer.headers.get('content-type')?.startsWith('text/event-stream')) await answer.body?.cancel();
        else check(answer.status, await answer.text(), method);
        endBound();
        expect(logged).toEqual([]);
      },
    ),
    { seed, numRuns: 1_500 * factor },
  );
});

/** A refusal is JSON with one sentence, which says neither what failed inside nor a secret. */
function check(status: number, answered: string, method: string): void {
  if (status < 400 || method === 'HEAD' || answered === '') return;
  const { error, errorDetails } = JSON.parse(answered) as { error?: unknown; errorDetails?: unknown };
  const sentence = error ?? errorDetails;
  expect(typeof sentence).toBe('string');
  expect(answered).not.toContain(TOKEN);
  expect(sentence).not.toBe('The server failed to answer this request.');
  expect(sentence).not.toMatch(/\bat .+:\d+:\d+/);
}

/** The program's server, over the sample datafile. */
async function startProgram(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-http-'));
  const file = join(folder, 'datafile.json');
  writeFileSync(file, datafile);
  const argv = ['--datafile', file, '--sdk-key', SDK_KEY, '--port', '0', '--events', 'off'];
  const ignore = (): void => undefined;
  const running = await startDecisionServer(readSettings(argv, {}), {
    logger: { debug: ignore, info: ignore, warn: log, error: log },
  });
  return {
    url: running.url,
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

it('[SRV-11] a body of a known length and one in pieces are answered the same by the server on Node', async () => {
  const running = await startProgram();
  const ask = async (address: string, sent: Record<string, string>, content: string, isAnnounced: boolean) => {
    const pieces = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(content));
        controller.close();
      },
    });
    const init = { method: 'POST', headers: sent, body: isAnnounced ? content : pieces, duplex: 'half' };
    const answer = await fetch(`${running.url}${address}`, init as RequestInit);
    return [answer.status, answer.headers.get('content-type'), answer.headers.get('etag'), await answer.text()];
  };
  try {
    await fc.assert(
      fc.asyncProperty(
        path.filter((route) => route !== '/v1/batch'),
        query,
        fc.record(
          {
            'content-type': mostly('application/json'),
            'x-optimizely-sdk-key': mostly(SDK_KEY),
            'if-none-match': fc.constantFrom('*', '"x"'),
          },
          { requiredKeys: ['content-type'] },
        ),
        document.map((content) => JSON.stringify(content)),
        async (route, parameters, sent, content) => {
          const search = new URLSearchParams(parameters.map(([name, entry]) => [name, entry]));
          const address = `${route}?${search}`;
          const announced = await ask(address, sent, content, true);
          expect(announced).toEqual(await ask(address, sent, content, false));
          expect(STATUSES).toContain(announced[0]);
        },
      ),
      { seed, numRuns: 200 * factor },
    );
    expect(logged).toEqual([]);
  } finally {
    await running.stop();
  }
}, 60_000);

it('[SRV-11] bytes that are no requests leave the server on Node as it was', async () => {
  const running = await startProgram();
  try {
    const line = fc.oneof(
      fc.constantFrom(
        'POST /v1/decide HTTP/1.1',
        'GET / HTTP/1.1',
        'POST * HTTP/1.1',
        'GET http://[ HTTP/1.1',
        'PRI * HTTP/2.0',
      ),
      fc.constantFrom(
        'host: a',
        'content-length: 5',
        'content-length: -1',
        'transfer-encoding: chunked',
        'expect: 100-continue',
      ),
      fc.string({ unit: 'binary' }),
    );
    const bytes = fc
      .array(line, { maxLength: 8 })
      .map((lines) => Buffer.from(`${lines.join('\r\n')}\r\n\r\nzz`, 'latin1'));
    await fc.assert(
      fc.asyncProperty(bytes, async (message) => {
        await sendBytes(running.url, message);
        const answer = await fetch(`${running.url}/health`);
        expect(answer.status).toBe(200);
        await answer.text();
      }),
      { seed, numRuns: 60 * factor },
    );
    expect(logged).toEqual([]);
  } finally {
    await running.stop();
  }
}, 60_000);

/** Sends, ends the sending side, and waits for what the server makes of it. */
function sendBytes(url: string, message: Buffer): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.end(message));
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.resume();
    // What waits for more, such as a body that was announced, is given up by the client.
    setTimeout(() => socket.destroy(), 300).unref();
  });
}
