import { parseDatafile } from '@sortition/datafile';
import { expect, it, onTestFinished } from 'vitest';
import { createClient, createPollingConfig, createStaticConfig } from '../src/index.ts';

/** Broken entities, of which the one flag needs none. */
const datafile = JSON.stringify({
  version: '4',
  revision: '1',
  projectId: '1',
  accountId: '1',
  audiences: [{ id: 7 }],
  experiments: [{ id: '10', key: 'test', layerId: '1', status: 'Running', variations: [{ id: 7 }] }],
  rollouts: [{ id: 'r', experiments: [null] }],
  featureFlags: [{ id: '1', key: 'whole', experimentIds: [], rolloutId: '', variables: [] }, { key: 'broken' }],
});

it('client.checkDatafile() answers every problem of the datafile before anything of it was needed, and again after decisions', async () => {
  const client = createClient({ config: createStaticConfig({ datafile }), events: null, logger: false });
  onTestFinished(async () => void (await client.close()));
  const { problems } = parseDatafile(datafile);
  expect(problems.length).toBe(3);
  expect(await client.checkDatafile()).toEqual(problems);
  client.createUserContext('ada').decideAll();
  expect(await client.checkDatafile()).toEqual(problems);
});

it('client.checkDatafile() answers nothing before there is a datafile', async () => {
  const config = createPollingConfig({ sdkKey: 'sdk', fetch: () => new Promise(() => undefined) });
  const client = createClient({ config, events: null, logger: false });
  onTestFinished(async () => void (await client.close()));
  expect(await client.checkDatafile()).toEqual([]);
});
