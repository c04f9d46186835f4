/** What a client does to the process it runs in. Each test starts one. */
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
      ${code}
    `,
  });
  onTestFinished(() => child.signal('SIGKILL'));
  return child;
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
  ])('[LIFE-02] ends by itself with %s that nobody closed', async (_, config) => {
    const server = await serve();
    const { exit, afterMs } = await exitAfterDone(`
      const client = createClient({ config: ${config(server.url)}, events: null, logger: false });
      await client.ready({ timeoutMs: 300 }).catch(() => undefined);
      client.createUserContext('ada').decide('flag');
      console.log('done');
    `);
    expect(exit).toBe(0);
    // The interval is 5 min; 1 s is what is wanted, the rest is for a busy machine.
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
