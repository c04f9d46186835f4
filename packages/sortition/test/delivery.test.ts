/** A client on a polled config: readiness, updates, and what closing leaves behind. Real sockets. */
import { createCertificate, type Responder, startChaosProxy, startScriptServer } from '@sortition/rig';
import fc from 'fast-check';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type Client,
  type ClientOptions,
  createClient,
  createPollingConfig,
  type PollingConfigOptions,
  type UserProfileStore,
} from '../src/index.ts';

/** Ten flags that carry the revision in a variable, so that a decision shows which config made it. */
function buildDatafile(revision: string): string {
  const flags = Array.from({ length: 10 }, (_, index) => ({
    id: `flag-${index}`,
    key: `flag_${index}`,
    experimentIds: [],
    rolloutId: '',
    variables: [{ id: `var-${index}`, key: 'revision', type: 'string', defaultValue: revision }],
  }));
  const empty = { experiments: [], audiences: [], groups: [], attributes: [], events: [], rollouts: [] };
  return JSON.stringify({ version: '4', revision, accountId: '1', projectId: '2', featureFlags: flags, ...empty });
}

async function serve(...responders: Responder[]) {
  const server = await startScriptServer(responders);
  onTestFinished(() => server.close());
  return server;
}

function start(config: Partial<PollingConfigOptions>, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({
    config: createPollingConfig({ sdkKey: 'key', ...config }),
    events: null,
    logger: false,
    ...options,
  });
  onTestFinished(() => void client.close());
  return client;
}

function revisionsIn(
  decisions: Readonly<Record<string, { variables: Readonly<Record<string, unknown>> } | undefined>>,
) {
  return [...new Set(Object.values(decisions).map((decision) => decision?.variables.revision))];
}

const good = (revision: string) => ({ body: buildDatafile(revision) });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a client without a config', () => {
  it('[CFG-01] settles ready in time, decides errors, and is ready once the endpoint is up', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.1);
    const proxy = await startChaosProxy(await serve(good('1')));
    onTestFinished(() => proxy.close());
    await proxy.down();
    const client = start({ urlTemplate: `${proxy.url}/%s.json` });
    const updates: unknown[] = [];
    client.on('config-update', (update) => updates.push(update));

    await expect(client.ready({ timeoutMs: 100 })).rejects.toMatchObject({ code: 'not-ready' });
    expect(client.isReady).toBe(false);
    const user = client.createUserContext('ada');
    expect(user.decide('flag_0')).toMatchObject({
      variationKey: null,
      enabled: false,
      variables: {},
      flagKey: 'flag_0',
    });
    expect(Object.keys(user.decideForKeys(['a', 'b']))).toEqual(['a', 'b']);
    expect(user.decideAll()).toEqual({});
    expect(client.getProjectInfo()).toBeNull();

    await proxy.up();
    await client.ready();
    expect(updates).toEqual([{ revision: '1', previousRevision: null }]);
    expect(user.decide('flag_0').variables).toEqual({ revision: '1' });
  });

  it('[CFG-01] survives a host that does not exist and a certificate nobody vouches for', async () => {
    const server = await startScriptServer([good('1')], { tls: await createCertificate() });
    onTestFinished(() => server.close());
    for (const urlTemplate of ['https://nowhere.invalid/%s.json', `${server.url}/%s.json`]) {
      const client = start({ urlTemplate });
      const failed = new Promise((resolve) => client.on('problem', resolve));
      expect(await failed).toMatchObject({ code: 'request-failed', part: 'config' });
      await expect(client.ready({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'not-ready' });
    }
  });

  it('[CFG-01] settles each ready call once, on its own terms, and leaves nothing on the signal', async () => {
    const server = await serve({ ...good('1'), delayMs: 150 });
    const client = start({ urlTemplate: `${server.url}/%s` });
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, 'addEventListener');
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    const outcomes: string[] = [];
    const note = (name: string, call: Promise<void>) =>
      call.then(
        () => outcomes.push(`${name} ready`),
        (error: { code: string }) => outcomes.push(`${name} ${error.code}`),
      );
    const calls = [
      note('patient', client.ready()),
      note('hasty', client.ready({ timeoutMs: 10 })),
      note('aborted', client.ready({ signal: controller.signal })),
      note('odd', client.ready({ timeoutMs: Number.NaN })),
      note('endless', client.ready({ timeoutMs: 2 ** 40 })),
    ];
    setTimeout(() => controller.abort(), 40);
    await Promise.all(calls);
    expect(outcomes).toEqual(['hasty not-ready', 'aborted aborted', 'patient ready', 'odd ready', 'endless ready']);
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
    await expect(client.ready({ signal: AbortSignal.abort() })).resolves.toBeUndefined();
  });

  it('rejects ready at once when it is closed, and aborts the request', async () => {
    const server = await serve('never');
    const client = start({ urlTemplate: `${server.url}/%s` });
    await server.received(1);
    const waiting = client.ready();
    const closed = client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await closed;
    await expect(client.ready()).rejects.toMatchObject({ code: 'closed' });
    expect(client.createUserContext('ada').decide('flag_0').enabled).toBe(false);
  });

  it('fetches for ready when there is no timer', async () => {
    for (const updates of ['on-use', 'manual'] as const) {
      const server = await serve(good('1'));
      const client = start({ urlTemplate: `${server.url}/%s`, updates });
      expect(server.requests).toHaveLength(0);
      await client.ready({ timeoutMs: 5_000 });
      expect(server.requests).toHaveLength(1);
    }
  });
});

describe('updates', () => {
  it('carry both revisions, also backwards, and end with close', async () => {
    const server = await serve(good('2'), good('1'), good('3'));
    const config = createPollingConfig({ sdkKey: 'key', urlTemplate: `${server.url}/%s`, updates: 'manual' });
    const client = createClient({ config, events: null, logger: false });
    const updates: unknown[] = [];
    client.on('config-update', (update) => updates.push(update));
    await client.ready();
    await config.refresh?.();
    await client.close();
    expect(await config.refresh?.()).toBe(false);
    expect(updates).toEqual([
      { revision: '2', previousRevision: null },
      { revision: '1', previousRevision: '2' },
    ]);
    expect(client.createUserContext('ada').decide('flag_3').variables).toEqual({ revision: '1' });
    expect(server.requests).toHaveLength(2);
  });

  it('reach every client of a shared source, which stops with the last', async () => {
    const server = await serve(good('1'), { ...good('2'), delayMs: 30 }, 'never');
    const config = createPollingConfig({ sdkKey: 'key', urlTemplate: `${server.url}/%s`, pollIntervalMs: 1_000 });
    const clients = [1, 2].map(() => createClient({ config, events: null, logger: false }));
    await Promise.all(clients.map((client) => client.ready()));
    await clients[0]?.close();
    await server.received(2);
    await expect.poll(() => config.current()?.revision).toBe('2');
    expect(clients[0]?.createUserContext('a').decide('flag_0').variables).toEqual({ revision: '1' });
    expect(clients[1]?.createUserContext('a').decide('flag_0').variables).toEqual({ revision: '2' });
    await server.received(3);
    await clients[1]?.close();
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(server.requests).toHaveLength(3);
  });

  it('without a timer are asked for by decisions, and handed to waitUntil', async () => {
    const server = await serve(good('1'));
    const handed: Promise<unknown>[] = [];
    const waitUntil = (work: Promise<unknown>) => void handed.push(work);
    const client = start({ urlTemplate: `${server.url}/%s`, updates: 'on-use' }, { waitUntil });
    const user = client.createUserContext('ada');
    user.explain('flag_0');
    expect(handed).toHaveLength(0);
    expect(user.decide('flag_0').variables).toEqual({});
    user.decideAll();
    expect(handed).toHaveLength(1);
    await handed[0];
    expect(user.decide('flag_0').variables).toEqual({ revision: '1' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a config that changes under decisions', () => {
  it('[DF-12] a decideAll sees one config only, also one that waits for its profile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        let revision = 0;
        const fetch = () => {
          revision += 1;
          return scheduler.schedule(Promise.resolve(new Response(buildDatafile(String(revision)))));
        };
        const profiles: UserProfileStore = { sync: false, lookup: () => scheduler.schedule(Promise.resolve(null)) };
        const config = createPollingConfig({ sdkKey: 'key', updates: 'manual', fetch, datafile: buildDatafile('0') });
        const client = createClient({ config, profiles, events: null, logger: false, profileTimeoutMs: 10_000 });
        const seen: unknown[][] = [];
        const user = client.createUserContext('ada');
        const work: Promise<unknown>[] = [];
        for (let i = 0; i < 4; i += 1) {
          const started = config.current()?.revision;
          work.push(
            user.decideAllAsync().then((decisions) => {
              seen.push(revisionsIn(decisions));
              // The config of the moment it was called, whatever came while it waited.
              expect(revisionsIn(decisions)).toEqual([started]);
            }),
          );
          work.push(config.refresh?.() ?? Promise.resolve());
          if (scheduler.count() > 0) await scheduler.waitOne();
          await new Promise((resolve) => setTimeout(resolve, 3));
          seen.push(revisionsIn(user.decideAll()));
        }
        await scheduler.waitAll();
        await Promise.all(work);
        await client.close();
        for (const revisions of seen) expect(revisions).toHaveLength(1);
      }),
      { numRuns: 15 },
    );
  });

  it('[DF-12] a listener of the update decides with the new config already', async () => {
    const server = await serve(good('1'), good('2'));
    const config = createPollingConfig({ sdkKey: 'key', urlTemplate: `${server.url}/%s`, updates: 'manual' });
    const client = createClient({ config, events: null, logger: false });
    onTestFinished(() => void client.close());
    const decided: unknown[] = [];
    const user = client.createUserContext('ada');
    client.on('config-update', ({ revision }) => {
      decided.push([revision, ...revisionsIn(user.decideAll())]);
    });
    await config.refresh?.();
    await config.refresh?.();
    expect(decided).toEqual([
      ['1', '1'],
      ['2', '2'],
    ]);
  });
});
