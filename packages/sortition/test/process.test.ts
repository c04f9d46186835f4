/** What a client does to the process it runs in. Each test starts one. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLabServer } from '@sortition/emulator';
import { startChild, startScriptServer } from '@sortition/rig';
import { describe, expect, it, onTestFinished } from 'vitest';

const resolveDir = import.meta.dirname;
const DATAFILE = JSON.stringify({ version: '4', revision: '1', accountId: '1', projectId: '2', featureFlags: [] });

async function serve() {
  const server = await startScriptServer([
    (request) => {
      if (request.path.startsWith('/hangs')) return 'never';
      if (request.path.startsWith('/resets')) return 'reset';
      if (request.path.startsWith('/garbage')) return { body: '<html>' };
      return { body: DATAFILE };
    },
  ]);
  onTestFinished(() => server.close());
  return server;
}

async function run(code: string) {
  const child = await startChild({
    resolveDir,
    code: `
      import { createClient, createPollingConfig, createStaticConfig } from '../src/index.ts';
      import { createKeepAliveFetch } from '@sortition/datafile/node';
      import { createOdp } from '@sortition/odp';
      ${code}
    `,
  });
  onTestFinished(() => child.signal('SIGKILL'));
  return child;
}

/** A directory that is gone when the test is. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sortition-process-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Milliseconds from the child's line `done` to its end. */
async function exitAfterDone(
  code: string,
): Promise<{ exit: number | string; afterMs: number; lines: readonly string[] }> {
  const child = await run(code);
  await child.line('done');
  const start = performance.now();
  const exit = await child.exited;
  return { exit, afterMs: performance.now() - start, lines: child.lines };
}

/** A program with a client of every part, on a config that never comes and a collector, or nothing, at the URL. */
const startFullClient = (url: string) => `
  import { createCmabSource } from '@sortition/cmab';
  import { createFileEventStore } from '@sortition/events/node';
  import { createBatchEvents, createMemoryProfileStore } from '../src/index.ts';
  import { shopDatafile } from './shop-datafile.ts';
  const store = createFileEventStore({ directory: ${JSON.stringify(temporaryDirectory())} });
  const client = createClient({
    config: createPollingConfig({ sdkKey: 'key', datafile: shopDatafile(), urlTemplate: '${url}/hangs/%s' }),
    events: createBatchEvents({ endpoint: '${url}/v1/events', store }),
    profiles: createMemoryProfileStore(),
    odp: createOdp(),
    cmab: createCmabSource(),
    logger: false,
  });
  client.createUserContext('ada').decideAll();
`;

describe('a process with a client', () => {
  it.each([
    ['a static config', () => `createStaticConfig({ datafile: ${JSON.stringify(DATAFILE)} })`],
    ['a polled config', (url: string) => `createPollingConfig({ sdkKey: 'key', urlTemplate: '${url}/%s' })`],
    [
      'an endpoint that fails',
      (url: string) => `createPollingConfig({ sdkKey: 'key', urlTemplate: '${url}/resets/%s' })`,
    ],
    [
      'a request that hangs on the transport for Node',
      (url: string) =>
        `createPollingConfig({ sdkKey: 'key', urlTemplate: '${url}/hangs/%s', fetch: createKeepAliveFetch({ unref: true }) })`,
    ],
    [
      'ODP events that wait for a batch',
      (url: string) =>
        `createStaticConfig({ datafile: ${JSON.stringify({ ...JSON.parse(DATAFILE), integrations: [{ key: 'odp', host: 'ODP-URL', publicKey: 'key' }] })} }), odp: createOdp({ allowedHosts: ['127.0.0.1'], batchSize: 1000 })`.replace(
          'ODP-URL',
          url,
        ),
    ],
  ])('[LIFE-02] ends by itself with %s that nobody closed', async (_, config) => {
    const server = await serve();
    const { exit, afterMs } = await exitAfterDone(`
      const client = createClient({ config: ${config(server.url)}, events: null, logger: false });
      await client.ready({ timeoutMs: 300 }).catch(() => undefined);
      client.createUserContext('ada').decide('flag');
      client.sendOdpEvent({ action: 'viewed', identifiers: { email: 'ada@example.com' } });
      console.log('done');
    `);
    expect(exit).toBe(0);
    // The interval is 5 min; 1 s is what is wanted, the rest is for a busy machine.
    expect(afterMs).toBeLessThan(5_000);
  });

  it('[LIFE-02] ends by itself with every part, an event store among them, that nobody closed', async () => {
    const { exit, afterMs } = await exitAfterDone(`
      ${startFullClient('http://127.0.0.1:1')}
      console.log('done');
    `);
    expect(exit).toBe(0);
    expect(afterMs).toBeLessThan(5_000);
  });

  it('[LIFE-02] is kept alive by whoever waits for ready, and by nothing after', async () => {
    const server = await serve();
    const { exit, lines } = await exitAfterDone(`
      const config = createPollingConfig({ sdkKey: 'key', urlTemplate: '${server.url}/resets/%s' });
      const client = createClient({ config, events: null, logger: false });
      await client.ready({ timeoutMs: 700 }).catch((error) => console.log('rejected', error.code));
      console.log('done');
    `);
    expect(lines).toContain('rejected not-ready');
    expect(exit).toBe(0);
  });

  it('[LIFE-01] meets no unhandled rejection, whatever fails and whoever does not wait', async () => {
    const server = await serve();
    const { exit, lines } = await exitAfterDone(`
      const fail = () => { throw new Error('broken'); };
      const cache = { getItem: () => Promise.reject(new Error('broken')), setItem: fail, removeItem: fail };
      const clients = [];
      for (const path of ['', '/resets', '/garbage', '/hangs']) {
        for (const fetch of [undefined, fail, () => Promise.reject(null), async () => ({}), async () => undefined]) {
          const config = createPollingConfig({ sdkKey: 'key', urlTemplate: '${server.url}' + path + '/%s', fetch, cache,
            stream: { url: '${server.url}/hangs' }, requestTimeoutMs: 200 });
          const client = createClient({ config, events: null, logger: false });
          client.on('config-update', fail);
          client.on('problem', fail);
          client.ready({ timeoutMs: 50 });
          client.ready();
          config.refresh({ timeoutMs: 20 });
          config.refresh({ signal: AbortSignal.abort() });
          client.createUserContext('ada').decideAllAsync();
          clients.push(client);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      for (const client of clients) client.close();
      await new Promise((resolve) => setTimeout(resolve, 300));
      console.log('done');
      process.exit(0);
    `);
    expect(lines).toEqual(['done']);
    expect(exit).toBe(0);
  });

  it('[LIFE-04] holds no timer and no socket after 100 clients were created, ready and closed', async () => {
    const server = await serve();
    const child = await run(`
      const fetch = createKeepAliveFetch();
      for (let i = 0; i < 100; i += 1) {
        const config = createPollingConfig({ sdkKey: 'key', urlTemplate: '${server.url}/%s', fetch });
        const client = createClient({ config, events: null, logger: false });
        const early = client.createUserContext('ada').decideAllAsync();
        await client.ready();
        await early;
        await client.close();
      }
      fetch.close();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const open = process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|TLS/.test(name));
      console.log('open', JSON.stringify(open));
    `);
    expect(await child.line('open')).toBe('open []');
    expect(await child.exited).toBe(0);
  });
});

describe('[LIFE-07] signals', () => {
  it('are left to the application by every published package that is not a program itself', () => {
    const packages = fileURLToPath(new URL('../../', import.meta.url));
    const published = readdirSync(packages).filter((name) => {
      const file = join(packages, name, 'package.json');
      const manifest = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { private: true };
      return manifest.private !== true && manifest.bin === undefined;
    });
    expect(published).toContain('events');
    const sources = published.flatMap((name) =>
      readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(packages, name, 'src', file)),
    );
    expect(sources.length).toBeGreaterThan(100);
    const listens = /\bprocess\??\.(on|once|addListener|prepend\w*|exit|abort|reallyExit)\b|\bSIG[A-Z]{3,}\b/;
    const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(sources.filter((file) => listens.test(withoutComments(readFileSync(file, 'utf8'))))).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends a process whose client has every part', async (signal) => {
    const server = await serve();
    const child = await run(`
      ${startFullClient(server.url)}
      setInterval(() => undefined, 1_000);
      const { signals } = await import('node:os').then(({ constants }) => constants);
      const heard = [...Object.keys(signals), 'beforeExit', 'uncaughtException', 'unhandledRejection'];
      console.log('listeners', heard.reduce((sum, name) => sum + process.listenerCount(name), 0));
    `);
    expect(await child.line('listeners')).toBe('listeners 0');
    child.signal(signal);
    expect(await child.exited).toBe(signal);
  });

  it('are handled as the guide shows: the application closes the client, and nothing is lost', async () => {
    const lab = await createLabServer();
    onTestFinished(() => lab.close());
    const child = await run(`
      ${startFullClient(lab.url)}
      setInterval(() => undefined, 1_000);
      process.once('SIGTERM', async () => {
        const { delivered, dropped, pending } = await client.close({ timeoutMs: 5_000 });
        console.log('closed', delivered, dropped, pending);
        process.exit(0);
      });
      console.log('ready');
    `);
    await child.line('ready');
    child.signal('SIGTERM');
    expect(await child.exited).toBe(0);
    expect(child.lines).toContain('closed 4 0 0');
    expect(lab.events.counts.unique).toBe(4);
  });

  it('and forks: a forked process has a client of its own, and ends by itself', async () => {
    const child = await run(`
      import { fork } from 'node:child_process';
      const client = createClient({ config: createStaticConfig({ datafile: ${JSON.stringify(DATAFILE)} }), events: null });
      console.log('decided', client.createUserContext('ada').decide('flag').enabled);
      if (process.send === undefined) {
        const forked = fork(process.argv[1]);
        forked.once('exit', (code) => console.log('forked', code));
      } else {
        process.disconnect();
      }
    `);
    expect(await child.exited).toBe(0);
    expect(child.lines).toEqual(['decided false', 'decided false', 'forked 0']);
  });
});
