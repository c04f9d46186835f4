/** Clients that know nothing of Sortition: curl, and the vendor's SDK fed from the server's datafile routes. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createInstance, createPollingProjectConfigManager } from '@optimizely/optimizely-sdk';
import { createLabServer, type LabServer } from '@sortition/emulator';
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ServerProcess, startServer } from './server-process.ts';

const TOKEN = 'a-long-token-for-servers';
const JSON_TYPE = 'content-type: application/json';

let lab: LabServer;
let server: ServerProcess;
beforeAll(async () => {
  lab = await createLabServer({ datafiles: { lab: SHOP_DATAFILE } });
  server = await startServer(['--lab', lab.url, '--sdk-key', 'lab', '--events', 'off', '--tokens', `${TOKEN}:all`]);
  const isReady = async (): Promise<void> => expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  await vi.waitFor(isReady, { timeout: 20_000, interval: 50 });
});
afterAll(async () => {
  server?.signal('SIGKILL');
  await lab?.close();
});

/** Runs curl as a shell would; the status is the last line. */
async function curl(path: string, ...more: string[]): Promise<{ status: string; text: string }> {
  const argv = ['-s', '-w', '\n%{http_code}', '-H', `authorization: Bearer ${TOKEN}`, ...more, `${server.url}${path}`];
  const { stdout } = await promisify(execFile)('curl', argv, { encoding: 'utf8' });
  const end = stdout.lastIndexOf('\n');
  return { status: stdout.slice(end + 1), text: stdout.slice(0, end) };
}

describe('curl', () => {
  it('evaluates, decides and is told of mistakes', async () => {
    const context = '{"context":{"targetingKey":"qa-robot"}}';
    const one = await curl('/ofrep/v1/evaluate/flags/checkout', '-H', JSON_TYPE, '-d', context);
    expect([one.status, JSON.parse(one.text).variant]).toEqual(['200', 'express']);
    const key = ['-H', 'X-Optimizely-SDK-Key: lab'];
    const decided = await curl('/v1/decide?keys=checkout', ...key, '-H', JSON_TYPE, '-d', '{"userId":"qa-robot"}');
    expect(JSON.parse(decided.text).variationKey).toBe('express');
    // What curl calls the type of -d unless it is told another one.
    expect(await curl('/v1/decide', ...key, '-d', '{"userId":"qa-robot"}')).toEqual({
      status: '415',
      text: '{"error":"The content type is not JSON; expected application/json."}',
    });
    const chunked = ['-H', 'transfer-encoding: chunked', '-H', JSON_TYPE, '-d', '{"userId":"qa-robot"}'];
    expect((await curl('/v1/decide?keys=checkout', ...key, ...chunked)).status).toBe('200');
  });
});

describe('the vendor’s SDK', () => {
  it('decides as the server does, from the datafile that the server has', async () => {
    const vendor = createInstance({
      projectConfigManager: createPollingProjectConfigManager({
        sdkKey: 'lab',
        urlTemplate: `${server.url}/datafiles/%s.json`,
        datafileAccessToken: TOKEN,
      }),
    });
    await vendor.onReady({ timeout: 20_000 });
    for (const userId of ['qa-robot', 'ada', 'grace', 'u1', 'u2']) {
      const { variationKey, enabled, variables } = vendor.createUserContext(userId).decide('checkout');
      const key = ['-H', 'X-Optimizely-SDK-Key: lab'];
      const body = JSON.stringify({ userId, decideOptions: ['DISABLE_DECISION_EVENT'] });
      const ours = JSON.parse((await curl('/v1/decide?keys=checkout', ...key, '-H', JSON_TYPE, '-d', body)).text);
      expect(ours).toMatchObject({ variationKey: variationKey ?? '', enabled, variables });
    }
    await vendor.close();
  });

  it('gets the same text by the agent’s route, and none without a token or for another key', async () => {
    const byHeader = await curl('/v1/datafile', '-H', 'X-Optimizely-SDK-Key: lab');
    expect(byHeader).toEqual(await curl('/datafiles/lab.json'));
    expect(JSON.parse(byHeader.text)).toMatchObject({ revision: SHOP_DATAFILE.revision });
    expect((await curl('/datafiles/other.json')).status).toBe('403');
    expect((await fetch(`${server.url}/datafiles/lab.json`)).status).toBe(401);
  });
});
