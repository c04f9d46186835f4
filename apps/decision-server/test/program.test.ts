import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { createLabServer } from '@sortition/emulator';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createDatafileFolder,
  type DatafileFolder,
  runServer,
  type ServerProcess,
  startServer,
} from './server-process.ts';

const servers: ServerProcess[] = [];
const folders: DatafileFolder[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) server.signal('SIGKILL');
  for (const folder of folders.splice(0)) folder.remove();
  await OpenFeature.clearProviders();
});

function datafileFolder(): DatafileFolder {
  const folder = createDatafileFolder();
  folders.push(folder);
  return folder;
}

async function start(argv: readonly string[], environment?: Record<string, string>): Promise<ServerProcess> {
  const server = await startServer(argv, environment);
  servers.push(server);
  return server;
}

const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('the program', () => {
  it('serves a datafile on disk, and reads it again when it changes', async () => {
    const folder = datafileFolder();
    const { url } = await start(['--datafile', folder.path, '--events', 'off']);
    const config = async () => (await fetch(`${url}/v1/config`, { headers: { 'X-Optimizely-SDK-Key': 'lab' } })).json();
    expect(await config()).toMatchObject({ sdkKey: 'lab', revision: '1' });
    folder.write('2');
    await expect.poll(config, { timeout: 20_000 }).toMatchObject({ revision: '2' });
  });

  it('ends when its port is taken, also with a Redis that it cannot reach', async () => {
    const folder = datafileFolder();
    const { port } = new URL((await start(['--datafile', folder.path, '--events', 'off'])).url);
    const more = ['--port', port, '--events', 'off', '--redis-url', 'redis://127.0.0.1:1'];
    const { code, log } = await runServer(['--datafile', folder.path, ...more]);
    expect([code, log]).toEqual([1, expect.stringContaining(`Port ${port} of 127.0.0.1 is already in use`)]);
  }, 60_000);

  it('takes settings from the environment, and flags win', async () => {
    const folder = datafileFolder();
    const { url } = await start(['--sdk-key', 'flag'], {
      SORTITION_DATAFILE: folder.path,
      SORTITION_SDK_KEY: 'environment',
      SORTITION_EVENTS: 'off',
    });
    const ask = (key: string) => fetch(`${url}/v1/config`, { headers: { 'X-Optimizely-SDK-Key': key } });
    expect((await ask('flag')).status).toBe(200);
    expect((await ask('environment')).status).toBe(403);
  });

  it('fetches the datafile of an SDK key, and sends events', async () => {
    const lab = await createLabServer({ datafiles: { lab: SHOP_DATAFILE } });
    try {
      const { url } = await start(['--lab', lab.url, '--sdk-key', 'lab']);
      await expect.poll(async () => (await fetch(`${url}/ready`)).status, { timeout: 20_000 }).toBe(200);
      const decided = await post(
        `${url}/v1/decide?keys=checkout`,
        { userId: 'qa-robot' },
        { 'X-Optimizely-SDK-Key': 'lab' },
      );
      expect(await decided.json()).toMatchObject({ variationKey: 'express' });
      servers.at(-1)?.signal('SIGTERM');
      expect(await servers.at(-1)?.exited).toBe(0);
      expect(lab.events.counts.unique).toBe(1);
    } finally {
      await lab.close();
    }
  });

  it('answers the provider of another SDK over OFREP', async () => {
    const { url } = await start(['--datafile', datafileFolder().path, '--events', 'off']);
    await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: url }));
    const flags = OpenFeature.getClient();
    const robot = { targetingKey: 'qa-robot' };
    expect(await flags.getNumberDetails('checkout.steps', 0, robot)).toMatchObject({
      value: 2,
      variant: 'express',
      reason: 'STATIC',
    });
    expect(await flags.getBooleanDetails('none', false, robot)).toMatchObject({
      value: false,
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await flags.getBooleanDetails('gift_wrap', false, {})).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
  });

  it('answers a Python program that walks the API of the agent', async () => {
    const { url } = await start(['--datafile', datafileFolder().path, '--events', 'off', '--overrides', 'on']);
    const script = fileURLToPath(new URL('walk_agent_api.py', import.meta.url));
    const output = execFileSync('/usr/bin/python3', [script, url, 'lab'], { encoding: 'utf8' });
    expect(output.trim()).toBe('all routes answered');
  });

  it('finishes the requests under way when it is stopped', async () => {
    const server = await start(['--datafile', datafileFolder().path, '--events', 'off']);
    const headers = { 'X-Optimizely-SDK-Key': 'lab' };
    const answers = Array.from({ length: 50 }, (_, index) =>
      post(`${server.url}/v1/decide`, { userId: `u${index}` }, headers),
    );
    await answers[0];
    server.signal('SIGTERM');
    const statuses = await Promise.allSettled(answers);
    // A connection that was not accepted yet may be refused; one that was is answered.
    for (const answer of statuses) if (answer.status === 'fulfilled') expect([200, 503]).toContain(answer.value.status);
    expect(await server.exited).toBe(0);
  });

  it('keeps metrics that name neither users nor flags', async () => {
    const { url } = await start(['--datafile', datafileFolder().path, '--events', 'off']);
    await post(`${url}/ofrep/v1/evaluate/flags/checkout`, { context: { targetingKey: 'ada' } });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain(
      'sortition_requests_total{route="/ofrep/v1/evaluate/flags/{key}",method="POST",status="200"} 1',
    );
    expect(text).not.toContain('ada');
    expect(text).not.toContain('checkout"');
  });

  it('logs lines of JSON without user data', async () => {
    const server = await start([
      '--datafile',
      datafileFolder().path,
      '--events',
      'http://127.0.0.1:1',
      '--log-level',
      'info',
    ]);
    await post(`${server.url}/v1/decide`, { userId: 'secret-person' }, { 'X-Optimizely-SDK-Key': 'lab' });
    server.signal('SIGTERM');
    await server.exited;
    expect(server.log.length).toBeGreaterThan(0);
    for (const line of server.log)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), message: expect.any(String) });
    expect(server.log.join()).not.toContain('secret-person');
  });

  it.each<[string, string[], string]>([
    ['no project', [], 'There is no project to serve'],
    ['an unknown flag', ['--nope', '1'], '--help lists the flags'],
    ['a port that is not one', ['--port', '70000', '--sdk-key', 'k'], '--port (SORTITION_PORT)'],
    [
      'a token without a scope',
      ['--tokens', 'my-secret-token-text', '--sdk-key', 'k'],
      'does not end with ":all" or ":read"',
    ],
  ])('ends with 2 and one sentence for %s', async (_what, argv, message) => {
    const { code, log } = await runServer(argv);
    expect(code).toBe(2);
    expect(log).toContain(message);
    expect(log).not.toContain('my-secret-token-text');
    expect(log.trim().split('\n')).toHaveLength(1);
  });

  it('lists its settings', async () => {
    const { code, output } = await runServer(['--help']);
    expect(code).toBe(0);
    expect(output).toContain('--datafile');
    expect(output).toContain('SORTITION_SDK_KEY');
  });
});
