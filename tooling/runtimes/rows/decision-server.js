/** The decision server's handler on what it says it runs on beside Node, asked over HTTP as its callers ask it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { findPort, waitForServer } from '../local-server.js';

const HANDLER = `
import { createDecisionServer } from '@sortition/server';
import { createClient, createMemoryProfileStore, createStaticConfig } from 'sortition';

const profiles = createMemoryProfileStore();
const client = createClient({ config: createStaticConfig({ datafile: DATAFILE }), events: null, profiles, logger: false });
const server = createDecisionServer({
  projects: [{ sdkKey: 'runtimes', client, profiles, datafile: () => DATAFILE }],
  notifications: true,
  limits: { maxBodyBytes: 10_000 },
});
`;

const CONFIG = (/** @type {number} */ port) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")], compatibilityDate = "2026-04-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;

/**
 * What differs from one to the next: the program's last lines, and the command that runs it.
 *
 * @type {readonly { name: string, dependencies: Record<string, string>, environment: string, serve: (port: number) => string, command: string, before: readonly string[], isWorkerd?: true }[]}
 */
const RUNTIMES = [
  {
    name: 'workerd 1.20261117.1, decision server',
    environment: 'decision-server-workerd',
    dependencies: { '@cloudflare/workerd-linux-64': '1.20261117.1' },
    serve: () => 'export default { fetch: (request) => server.fetch(request) };',
    command: '@cloudflare/workerd-linux-64/bin/workerd',
    before: ['serve', 'config.capnp'],
    isWorkerd: true,
  },
  {
    name: 'Bun 1.4.5, decision server',
    environment: 'bun',
    dependencies: { '@oven/bun-linux-x64-baseline': '1.4.5' },
    serve: (port) => `Bun.serve({ hostname: '127.0.0.1', port: ${port}, fetch: server.fetch });`,
    command: '@oven/bun-linux-x64-baseline/bin/bun',
    before: ['run', 'decision-server.mjs'],
  },
  {
    name: 'Deno 2.9.6, decision server',
    environment: 'deno',
    dependencies: { '@deno/linux-x64-glibc': '2.9.6' },
    serve: (port) => `Deno.serve({ hostname: '127.0.0.1', port: ${port}, onListen: () => undefined }, server.fetch);`,
    command: '@deno/linux-x64-glibc/deno',
    before: ['run', '--allow-all', '--no-prompt', '--node-modules-dir=manual', 'decision-server.mjs'],
  },
];

/** @type {import('./index.js').Row[]} */
export const decisionServerRows = RUNTIMES.map(
  ({ name, environment: folder, dependencies, serve, command, before, isWorkerd }) => ({
    name,
    does: 'single and bulk evaluation with its tag, the agent’s routes, a batch, a stream, refusals',
    environment: folder,
    dependencies,
    run: async ({ environment, services }) => {
      const port = await findPort();
      const handler = HANDLER.replaceAll('DATAFILE', JSON.stringify(services.datafile));
      environment.write('decision-server.mjs', `${handler}${serve(port)}\n`);
      if (isWorkerd) {
        await build({
          entryPoints: [join(environment.folder, 'decision-server.mjs')],
          outfile: join(environment.folder, 'worker.js'),
          bundle: true,
          format: 'esm',
          conditions: ['workerd', 'worker', 'browser'],
          logLevel: 'silent',
        });
        environment.write('config.capnp', CONFIG(port));
      }
      const child = spawn(join(environment.folder, 'node_modules', command), before, {
        cwd: environment.folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let log = '';
      child.stdout.on('data', (chunk) => (log += chunk));
      child.stderr.on('data', (chunk) => (log += chunk));
      const ended = once(child, 'close');
      try {
        await waitForServer(port, child, () => log);
        await walk(`http://127.0.0.1:${port}`);
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : error}\n${log.slice(-2_000)}`);
      } finally {
        child.kill('SIGKILL');
        await ended;
      }
    },
  }),
);

/** @param {string} url Asks every kind of route; throws at the first answer that is not the expected one. */
async function walk(url) {
  const headers = { 'content-type': 'application/json', 'x-optimizely-sdk-key': 'runtimes' };
  const post = async (/** @type {string} */ path, /** @type {unknown} */ body, more = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers: { ...headers, ...more }, body: text });
    const received = await answer.text();
    return { status: answer.status, etag: answer.headers.get('etag') ?? '', body: parse(received) };
  };
  const context = { targetingKey: 'grüße-1', plan: 'gold', country: 'DE' };
  const user = { userId: 'grüße-1', userAttributes: { plan: 'gold', country: 'DE' } };

  const config = await (await fetch(`${url}/v1/config`, { headers })).json();
  const [flagKey = ''] = Object.keys(config.featuresMap);
  const one = await post(`/ofrep/v1/evaluate/flags/${flagKey}`, { context });
  expect('single evaluation', [one.status, one.body.key, 'value' in one.body], [200, flagKey, true]);
  const all = await post('/ofrep/v1/evaluate/flags', { context });
  expect('bulk evaluation', all.body.flags.length, Object.keys(config.featuresMap).length);
  const same = await post('/ofrep/v1/evaluate/flags', { context }, { 'if-none-match': all.etag });
  expect('the same context', same.status, 304);
  const other = { context: { ...context, plan: 'free' } };
  expect('another context', (await post('/ofrep/v1/evaluate/flags', other, { 'if-none-match': all.etag })).status, 200);

  const decided = await post(`/v1/decide?keys=${flagKey}`, user);
  expect('decide', [decided.status, decided.body.userContext.userId], [200, user.userId]);
  const operation = { method: 'POST', url: '/v1/decide', operationID: '1', parameters: { keys: flagKey }, body: user };
  const batch = await post('/v1/batch', { operations: [operation, { ...operation, body: {} }] });
  expect('batch', [batch.status, batch.body.errorCount, batch.body.response[0].body.flagKey], [200, 1, flagKey]);
  await post('/v1/save', { userId: 'ada', experimentBucketMap: { 1: { variation_id: '2' } } });
  const saved = await post('/v1/lookup', { userId: 'ada' });
  expect('stored assignments', saved.body.experimentBucketMap, { 1: { variation_id: '2' } });

  expect('broken JSON', (await post('/v1/decide', '{')).status, 400);
  expect('an unknown flag', (await post('/ofrep/v1/evaluate/flags/none', { context })).status, 404);
  expect('another content type', (await post('/v1/decide', user, { 'content-type': 'text/plain' })).status, 415);
  expect('an unknown project', (await post('/v1/decide', user, { 'x-optimizely-sdk-key': 'other' })).status, 403);
  expect('a large body', (await post('/v1/decide', { userId: 'a'.repeat(20_000) })).status, 413);
  expect('a large body without its length', await sendUnannounced(url, headers), 413);

  const stream = await fetch(`${url}/v1/notifications/event-stream?filter=decision`, { headers });
  const reader = stream.body?.getReader();
  const first = await reader?.read();
  expect('a stream', new TextDecoder().decode(first?.value).startsWith('retry: '), true);
  await reader?.cancel();
}

/** @param {string} url @param {Record<string, string>} headers @returns {Promise<number>} status */
async function sendUnannounced(url, headers) {
  const body = new ReadableStream({
    start(controller) {
      for (let index = 0; index < 20; index += 1) controller.enqueue(new TextEncoder().encode(' '.repeat(1_000)));
      controller.close();
    },
  });
  const init = /** @type {RequestInit} */ ({ method: 'POST', headers, body, duplex: 'half' });
  const answer = await fetch(`${url}/v1/decide`, init);
  await answer.text();
  return answer.status;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {string} what @param {unknown} found @param {unknown} expected */
function expect(what, found, expected) {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${what} answered ${JSON.stringify(found)}; expected ${JSON.stringify(expected)}`);
}
