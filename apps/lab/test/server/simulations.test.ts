import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { ExperimentResults } from '../../src/api/experiment-results.ts';
import type { SimulationProgress } from '../../src/api/simulation-progress.ts';
import { type Lab, startLab } from '../../src/server/lab.ts';
import { get, runLab, send } from './running-lab.ts';

const lab = await runLab();
const { url } = lab;
const current = () => get<SimulationProgress>(`${url}/api/simulations/current`);

async function finish(): Promise<SimulationProgress> {
  for (;;) {
    const progress = await current();
    if (progress.state !== 'running') return progress;
    await wait(20);
  }
}

test('before the first simulation there is none', async () => {
  expect(await current()).toBeNull();
});

test('simulated visitors are decided, their events arrive over HTTP, and the split holds', async () => {
  const started = await send('POST', `${url}/api/simulations`, { visitors: 1_000, seed: 1 });
  expect(started).toEqual({ status: 202, body: { id: expect.any(String) } });
  const again = await send('POST', `${url}/api/simulations`, { visitors: 10 });
  expect(again).toEqual({ status: 409, body: { error: expect.stringContaining('running') } });
  expect(await finish()).toEqual({
    id: started.body.id,
    done: 1_000,
    total: 1_000,
    state: 'finished',
    seconds: expect.any(Number),
  });
  const { count, recent } = lab.server.events.requests;
  expect(count).toBeGreaterThan(10);
  expect(recent.at(0)?.headers['content-type']).toContain('application/json');
  const { variations, sampleRatio } = await get<ExperimentResults>(`${url}/api/results/2001`);
  const members = variations.reduce((sum, { visitors }) => sum + visitors, 0);
  expect(members).toBeGreaterThan(350);
  expect(variations.every(({ visitors, conversions }) => visitors > 0 && conversions > 0)).toBe(true);
  expect(sampleRatio).toMatchObject({ degrees: 2, ok: true });
});

test('equal seeds make equal visitors: no visitor is counted twice', async () => {
  const before = await get<ExperimentResults>(`${url}/api/results/2003`);
  await send('POST', `${url}/api/simulations`, { visitors: 1_000, seed: 1 });
  await finish();
  const after = await get<ExperimentResults>(`${url}/api/results/2003`);
  expect(after.variations.map(({ visitors }) => visitors)).toEqual(before.variations.map(({ visitors }) => visitors));
});

test('a simulation whose events are refused fails and says so', async () => {
  lab.server.faults.set('events', { kind: 'status', status: 400 });
  await send('POST', `${url}/api/simulations`, { visitors: 10, seed: 2 });
  expect(await finish()).toMatchObject({ state: 'failed', done: 0, error: expect.stringContaining('did not arrive') });
});

/** A lab that a test may change or close. */
async function runOwnLab(): Promise<Lab> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sortition-lab-'));
  const own = await startLab({ port: 0, dataFolder, pageFolder: dataFolder });
  onTestFinished(async () => {
    await own.close();
    await rm(dataFolder, { recursive: true });
  });
  return own;
}

test('a lab that closes does not wait for a simulation', async () => {
  const other = await runOwnLab();
  other.server.faults.set('events', { kind: 'hang' });
  await send('POST', `${other.url}/api/simulations`, { visitors: 100_000 });
  await expect.poll(() => other.server.datafiles.requests.count, { timeout: 30_000 }).toBeGreaterThan(0);
  const startedAt = performance.now();
  await other.close();
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test.each<[string, unknown]>([
  ['no object', []],
  ['no visitors', { visitors: 0 }],
  ['half a visitor', { visitors: 0.5 }],
  ['too many visitors', { visitors: 100_001 }],
  ['a text', { visitors: '10' }],
  ['a negative seed', { seed: -1 }],
])('[LAB-01] %s is refused', async (_what, body) => {
  const refused = await send('POST', `${url}/api/simulations`, body);
  expect(refused).toEqual({ status: 400, body: { error: expect.any(String) } });
});

test('a simulation of three hundred flags ends, and every event arrives', async () => {
  const other = await runOwnLab();
  const keys = Array.from({ length: 300 }, (_, index) => `flag_${index}`);
  const variation = { id: 'on', key: 'on', featureEnabled: true, variables: [] };
  const everyone = (key: string) => ({
    id: `rule_${key}`,
    key: `rule_${key}`,
    status: 'Running',
    layerId: `rollout_${key}`,
    audienceIds: [],
    forcedVariations: {},
    variations: [{ ...variation, id: `on_${key}` }],
    trafficAllocation: [{ entityId: `on_${key}`, endOfRange: 10_000 }],
  });
  const datafile = {
    ...(await get<{ datafile: object }>(`${other.url}/api/export`)).datafile,
    featureFlags: keys.map((key) => ({
      id: key,
      key,
      experimentIds: [],
      rolloutId: `rollout_${key}`,
      variables: [],
    })),
    rollouts: keys.map((key) => ({ id: `rollout_${key}`, experiments: [everyone(key)] })),
    experiments: [],
    groups: [],
    holdouts: [],
    sendFlagDecisions: true,
  };
  expect((await send('POST', `${other.url}/api/import`, { datafile })).status).toBe(200);
  await send('POST', `${other.url}/api/simulations`, { visitors: 60, seed: 3 });
  await expect
    .poll(() => get<SimulationProgress>(`${other.url}/api/simulations/current`), { timeout: 60_000 })
    .toMatchObject({ state: 'finished', done: 60 });
  expect(other.server.events.counts.unique).toBeGreaterThanOrEqual(60 * keys.length);
});
