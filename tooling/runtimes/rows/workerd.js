/**
 * Cloudflare's runtime itself. A client is made at module scope, and another in the first request and kept, as programs do:
 * the runtime refuses I/O and randomness in the first case, and objects of another request in the second.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@sortition/report';
import { build } from 'esbuild';
import { findPort, waitForServer } from '../local-server.js';

/** The old one refuses an `AbortController` at module scope, which the newer one lets pass. */
const VERSIONS = { '1.20260426.1': 'old', '1.20261117.1': 'current' };
const REQUESTS = 100;
const AT_ONCE = 10;
const EXPECTED_ANSWER = '{"decided":true,"remote":"b","hasSegments":true,"problems":[]}';

const WORKER = `
import { createBatchEvents, createClient, createPollingConfig } from 'sortition';
import { createCmabSource } from '@sortition/cmab';
import { createOdp } from '@sortition/odp';
import { createImpressionRoute, decideForPage } from '@sortition/react/server';
import { createRemoteClient } from '@sortition/remote';
import { handle } from './guide.ts';
import { runJob } from './job.mjs';

const base = BASE;
const contexts = new Map();
const problems = [];

function makeParts(name) {
  const made = {
    client: createClient({
      config: createPollingConfig({ sdkKey: 'runtimes', urlTemplate: base + '/datafiles/%s.json', updates: 'on-use', pollIntervalMs: 1000 }),
      events: createBatchEvents({ endpoint: base + '/v1/events' }),
      odp: createOdp({ allowedHosts: ['127.0.0.1'] }),
      cmab: createCmabSource({ endpointTemplate: base + '/predict/%s' }),
      ...(name === 'flush' ? {} : { waitUntil: (work) => contexts.get(name)?.waitUntil(work) }),
      logger: false,
    }),
    remote: createRemoteClient('key', { serverUrl: base, logger: false, fetchTimeoutMillis: 20000 }),
  };
  made.client.on('problem', ({ code, message }) => problems.push(code + ': ' + message));
  return made;
}

const parts = { module: makeParts('module'), flush: makeParts('flush') };
const key = 'a secret of the page and its route';
const seen = createImpressionRoute(parts.module.client, { key });

export default {
  async fetch(request, env, context) {
    const url = new URL(request.url);
    const userId = url.searchParams.get('user');
    try {
      if (url.pathname === '/job') return Response.json(await runJob(base, userId, DATAFILE));
      if (url.pathname === '/guide') {
        const answer = await handle(new Request(url, { headers: { 'x-user-id': userId } }), context);
        const { variation } = await answer.json();
        return Response.json({ decided: variation !== null, remote: 'b', hasSegments: true, problems: [] });
      }
      if (url.pathname === '/page') {
        const { client } = parts.module;
        contexts.set('module', context);
        await client.ready({ timeoutMs: 20000 });
        const user = { id: userId, attributes: { plan: 'gold', country: 'DE' } };
        const page = await decideForPage(client, user, ['vip_banner'], { impressions: { url: '/seen', key } });
        contexts.set('module', context);
        // What a browser that shows the page posts.
        const body = Object.values(page.impressions.tokens).join('\\n');
        const { status } = await seen(new Request(new URL('/seen', url), { method: 'POST', body }));
        const decided = page.decisions[0]?.variationKey != null;
        return Response.json({ decided, remote: 'b', hasSegments: status === 204, problems: problems.splice(0) });
      }
      const name = url.pathname.slice(1);
      parts[name] ??= makeParts(name);
      const { client, remote } = parts[name];
      contexts.set(name, context);
      await client.ready({ timeoutMs: 20000 });
      const variants = await remote.fetch({ user_id: userId });
      const user = client.createUserContext(userId, { plan: 'gold', country: 'DE' });
      const hasSegments = await user.fetchQualifiedSegments();
      contexts.set(name, context);
      const { variationKey } = await user.decideAsync('vip_banner');
      contexts.set(name, context);
      user.trackEvent('purchase', { revenue: 4200 });
      // Without waitUntil what is queued is sent before the answer.
      if (name === 'flush') await client.flush({ timeoutMs: 20000 });
      return Response.json({ decided: variationKey !== null, remote: variants.headline?.value, hasSegments, problems: problems.splice(0) });
    } catch (error) {
      return new Response(String((error && error.stack) || error), { status: 500 });
    }
  },
};
`;

/** The program of the guide, which names no services of this machine. */
function readGuide(/** @type {string} */ base) {
  const text = readFileSync(join(root, 'docs/guides/serverless-and-edge.md'), 'utf8');
  const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(text) ?? [];
  const local = code
    .replace("sdkKey: 'your-sdk-key'", `sdkKey: 'runtimes', urlTemplate: '${base}/datafiles/%s.json'`)
    .replace('createBatchEvents()', `createBatchEvents({ endpoint: '${base}/v1/events' })`);
  if (!local.includes('urlTemplate') || !local.includes('endpoint')) throw new Error('the guide has another program');
  return local;
}

/** @param {number} port */
const writeConfig = (port) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-04-01",
      globalOutbound = "network",
    )),
    (name = "network", network = (allow = ["private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;

/** @type {import('./index.js').Row[]} */
export const workerdRows = Object.entries(VERSIONS).map(([version, age]) => ({
  name: `workerd ${version} (${age})`,
  does: `the job; ${REQUESTS} requests each to a client made at module scope, one made in the first request, one that flushes in each, the guide’s program, and pages for React`,
  fast: true,
  dependencies: { '@cloudflare/workerd-linux-64': version },
  run: async ({ environment, services, name, doJob }) => {
    environment.write('worker.mjs', WORKER);
    environment.write('guide.ts', readGuide(services.url));
    await build({
      entryPoints: [join(environment.folder, 'worker.mjs')],
      outfile: join(environment.folder, 'worker.js'),
      bundle: true,
      format: 'esm',
      conditions: ['workerd', 'worker', 'browser'],
      define: { BASE: JSON.stringify(services.url), DATAFILE: JSON.stringify(services.datafile) },
      logLevel: 'silent',
    });
    const port = await findPort();
    environment.write('config.capnp', writeConfig(port));
    const workerd = join(environment.folder, 'node_modules/@cloudflare/workerd-linux-64/bin/workerd');
    const server = spawn(workerd, ['serve', 'config.capnp'], {
      cwd: environment.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    server.stdout.on('data', (chunk) => (log += chunk));
    server.stderr.on('data', (chunk) => (log += chunk));
    const ended = once(server, 'close');
    const ask = async (/** @type {string} */ path, /** @type {string} */ userId) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}?user=${encodeURIComponent(userId)}`);
      const text = await response.text();
      if (response.status !== 200)
        throw new Error(`${path} answered ${response.status}: ${text}\n${log.slice(-2_000)}`);
      return text;
    };
    try {
      await waitForServer(port, server, () => log);
      await doJob(async ({ userId }) => `ANSWER ${await ask('/job', userId)}`);
      for (const path of ['/module', '/first', '/flush', '/guide', '/page'])
        await serveMany(path, { ask, services, name });
    } finally {
      server.kill('SIGKILL');
      await ended;
    }
  },
}));

/**
 * @param {string} path
 * @param {{ ask: (path: string, userId: string) => Promise<string>, services: import('../services.js').Services, name: string }} context
 */
async function serveMany(path, { ask, services, name }) {
  const users = Array.from({ length: REQUESTS }, (_, index) => `${name}${path} ${index}`);
  for (const user of users) services.setSegments(user);
  const waiting = [...users];
  const worker = async () => {
    for (let user = waiting.shift(); user !== undefined; user = waiting.shift()) {
      const answer = await ask(path, user);
      if (answer !== EXPECTED_ANSWER) throw new Error(`${path} answered ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const keys = path === '/guide' || path === '/page' ? ['campaign_activated'] : ['campaign_activated', 'purchase'];
  const wanted = users.flatMap((user) => keys.map((key) => `${user} ${key}`)).sort();
  const deadline = Date.now() + 20_000;
  let arrived = readArrived();
  while (arrived.length < wanted.length && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    arrived = readArrived();
  }
  if (arrived.join('\n') !== wanted.join('\n')) {
    throw new Error(`${path} delivered ${arrived.length} of ${wanted.length} events`);
  }

  function readArrived() {
    return services
      .eventsOf((userId) => userId.startsWith(`${name}${path} `))
      .map(({ userId, key }) => `${userId} ${key}`)
      .sort();
  }
}
