/** Frameworks wrap the global `fetch` of Node; a client that was given no `fetch` does not send anything through it. */
import { createLabServer, createMemoryEventStore } from '@sortition/emulator';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { startChild } from '@sortition/rig';
import { expect, it, onTestFinished } from 'vitest';

it('a process whose global fetch throws polls, follows versions, sends events, fetches segments and predictions', async () => {
  const store = createMemoryEventStore();
  const lab = await createLabServer({ eventStore: store, predict: () => '304' });
  onTestFinished(() => lab.close());
  const shop = createShopDatafile(lab.url);
  lab.datafiles.publish('wrapped', shop);
  lab.odp.setSegments('ada', ['vip']);
  const child = await startChild({
    resolveDir: import.meta.dirname,
    code: `
      import { createCmabSource } from '@sortition/cmab';
      import { createOdp } from '@sortition/odp';
      import { createBatchEvents, createClient, createPollingConfig } from '../src/index.ts';
      const called = [];
      globalThis.fetch = (url) => {
        called.push(String(url));
        throw new Error('The global fetch was used.');
      };
      const problems = [];
      const client = createClient({
        config: createPollingConfig({ sdkKey: 'wrapped', urlTemplate: '${lab.url}/datafiles/%s.json', stream: true }),
        events: createBatchEvents({ endpoint: '${lab.url}/v1/events' }),
        odp: createOdp({ allowedHosts: ['127.0.0.1'] }),
        cmab: createCmabSource({ endpointTemplate: '${lab.url}/predict/%s' }),
        logger: false,
      });
      client.on('problem', ({ code, message }) => problems.push(code + ': ' + message));
      const nextRevision = new Promise((resolve) => client.on('config-update', ({ revision }) => revision === 'next' && resolve(revision)));
      await client.ready();
      console.log('ready');
      const user = client.createUserContext('ada', { plan: 'gold', country: 'DE' });
      await user.fetchQualifiedSegments();
      await user.decideAllAsync();
      client.sendOdpEvent({ action: 'viewed', identifiers: { fs_user_id: 'ada' } });
      const { delivered, dropped, pending } = await client.flush();
      const answer = {
        called, problems, segments: user.qualifiedSegments, isDelivered: delivered > 0 && dropped + pending === 0, revision: await nextRevision,
      };
      await client.close();
      console.log('answer ' + JSON.stringify(answer));
    `,
  });
  onTestFinished(() => child.signal('SIGKILL'));
  await child.line('ready');
  await expect.poll(() => lab.datafiles.requests?.count).not.toBe(0);
  lab.datafiles.publish('wrapped', { ...shop, revision: 'next' });
  const line = await child.line('answer ');
  expect(JSON.parse(line.slice('answer '.length))).toEqual({
    called: [],
    problems: [],
    segments: ['vip'],
    isDelivered: true,
    revision: 'next',
  });
  expect(store.events.size).toBeGreaterThan(0);
  expect(lab.predictions.requests.count).toBeGreaterThan(0);
  expect(lab.odp.eventRequests.count).toBeGreaterThan(0);
  expect(await child.exited).toBe(0);
});

it('a fetch that the application gives is used for everything', async () => {
  const urls: string[] = [];
  const child = await startChild({
    resolveDir: import.meta.dirname,
    code: `
      import { createCmabSource } from '@sortition/cmab';
      import { createOdp } from '@sortition/odp';
      import { createBatchEvents, createClient, createPollingConfig } from '../src/index.ts';
      import { createShopDatafile } from '@sortition/emulator/shop-datafile';
      const origins = new Set();
      const fetch = async (url, init) => {
        origins.add(new URL(url).hostname);
        return init?.method === 'POST' ? new Response('{}') : new Response(JSON.stringify(createShopDatafile('https://odp.example')));
      };
      globalThis.fetch = () => {
        throw new Error('The global fetch was used.');
      };
      const client = createClient({
        config: createPollingConfig({ sdkKey: 'key', urlTemplate: 'https://datafiles.example/%s.json', fetch }),
        events: createBatchEvents({ endpoint: 'https://events.example', fetch }),
        odp: createOdp({ allowedHosts: ['odp.example'], fetch }),
        cmab: createCmabSource({ endpointTemplate: 'https://predictions.example/%s', fetch }),
        logger: false,
      });
      await client.ready();
      const user = client.createUserContext('ada', { plan: 'gold', country: 'DE' });
      await user.fetchQualifiedSegments();
      await user.decideAllAsync();
      await client.close();
      console.log('answer ' + JSON.stringify([...origins].sort()));
    `,
  });
  onTestFinished(() => child.signal('SIGKILL'));
  urls.push(...JSON.parse((await child.line('answer ')).slice('answer '.length)));
  expect(urls).toEqual(['datafiles.example', 'events.example', 'odp.example', 'predictions.example']);
});
