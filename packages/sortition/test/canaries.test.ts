/**
 * Canaries: secrets and user data that may not get out. A process uses every part against services that fail in every
 * way and echo what they were sent, logs at some level, and prints each problem as an application would; then all of its
 * output is searched.
 */
import { startChild, startScriptServer } from '@sortition/rig';
import { describe, expect, it, onTestFinished } from 'vitest';

const SECRETS = {
  sdkKey: 'canary-sdk-key-8412',
  accessToken: 'canary-access-token-7731',
  header: 'canary-header-value-5521',
  odpKey: 'canary-odp-key-9917',
};
const USER = {
  id: 'canary-user-id-ada',
  bucketingId: 'canary-bucketing-id',
  attribute: 'canary-attribute-value',
  email: 'canary@example.com',
  tag: 'canary-tag-value',
};

const PROGRAM = `
  import { inspect } from 'node:util';
  import { createCmabSource } from '@sortition/cmab';
  import { createKeepAliveFetch } from '@sortition/datafile/node';
  import { createOdp } from '@sortition/odp';
  import { createBatchEvents, createClient, createPollingConfig, consoleLogger } from '../src/index.ts';
  import { shopDatafile } from './shop-datafile.ts';

  // Nothing of a client keeps a process alive, and this one has to see the end.
  setInterval(() => undefined, 1_000);
  const url = process.env.CANARY_URL;
  const { secrets, user: data } = JSON.parse(process.env.CANARIES);
  const show = (what, value) => console.log(what, inspect(value, { depth: 12, showHidden: true }));
  const datafile = {
    ...shopDatafile(),
    integrations: [{ key: 'odp', host: url, publicKey: secrets.odpKey, pixelUrl: url }],
    typedAudiences: [{ id: '301', name: 'vip', conditions: ['or', { type: 'third_party_dimension', name: 'odp.audiences', match: 'qualified', value: 'vip' }] }],
  };
  const broken = (what) => { throw new Error('broken by ' + JSON.stringify(what)); };
  for (const path of ['ok', 'garbage', 'status/401', 'status/500', 'reset', 'hang', 'redirect']) {
    for (const fetch of [undefined, createKeepAliveFetch({ unref: true }), (input, init) => broken([String(input), init.headers])]) {
      const config = createPollingConfig({
        sdkKey: secrets.sdkKey, accessToken: secrets.accessToken, headers: { 'x-api-token': secrets.header },
        urlTemplate: url + '/' + path + '/%s', datafile, fetch, requestTimeoutMs: 150,
      });
      const client = createClient({
        config,
        events: createBatchEvents({ endpoint: url + '/' + path + '/events', batchSize: 1, ...(fetch && { fetch }) }),
        odp: createOdp({ allowedHosts: ['127.0.0.1'], segmentsTimeoutMs: 150, eventsTimeoutMs: 150, ...(fetch && { fetch }) }),
        cmab: createCmabSource({ endpointTemplate: url + '/' + path + '/%s', timeoutMs: 150, ...(fetch && { fetch }) }),
        profiles: { lookup: async () => broken('a lookup'), save: async () => broken('a save') },
        logger: consoleLogger(process.env.CANARY_LEVEL),
      });
      client.on('problem', (problem) => show('problem', problem));
      client.on('config-update', (update) => show('update', update));
      await client.ready();
      await config.refresh();
      const user = client.createUserContext(data.id, { plan: data.attribute, email: data.email, $opt_bucketing_id: data.bucketingId });
      await user.fetchQualifiedSegments();
      user.decideAll();
      await user.decideAllAsync();
      user.decide(data.attribute);
      user.trackEvent('purchase', { note: data.tag });
      user.trackEvent(secrets.header === '' ? '' : 'unknown-event', { note: data.tag });
      client.sendOdpEvent({ action: 'viewed', identifiers: { email: data.email }, data: { note: data.tag } });
      client.sendOdpEvent({ action: '', identifiers: { email: data.email } });
      await client.flush({ timeoutMs: 100 });
      show('stats', client.stats());
      show('client', client);
      await client.close({ timeoutMs: 100 });
    }
  }
  console.log('done');
  process.exit(0);
`;

async function outputAt(level: string): Promise<readonly string[]> {
  const server = await startScriptServer([
    (request) => {
      const echo = JSON.stringify(request, (_, value) => (value instanceof Uint8Array ? String(value) : value));
      if (request.path.startsWith('/reset')) return 'reset';
      if (request.path.startsWith('/hang')) return 'never';
      if (request.path.startsWith('/redirect'))
        return { status: 302, headers: { location: `https://example.com/${echo.length}` } };
      const status = Number(/status\/(\d+)/.exec(request.path)?.[1] ?? 200);
      return { status, body: echo };
    },
  ]);
  onTestFinished(() => server.close());
  const child = await startChild({
    resolveDir: import.meta.dirname,
    code: PROGRAM,
    env: {
      CANARY_URL: server.url,
      CANARY_LEVEL: level,
      CANARIES: JSON.stringify({ secrets: SECRETS, user: USER }),
    },
  });
  onTestFinished(() => child.signal('SIGKILL'));
  await child.line('done');
  expect(await child.exited).toBe(0);
  expect(server.requests.some(({ path }) => path.includes(SECRETS.sdkKey))).toBe(true);
  return child.lines;
}

const linesWith = (lines: readonly string[], canaries: Readonly<Record<string, string>>) =>
  lines.filter((line) => Object.values(canaries).some((canary) => line.includes(canary)));

describe.each(['debug', 'info', 'warn', 'error'])('the output of a process that logs at %s', (level) => {
  it('[SEC-02] [SEC-03] shows no secret at any level, and user data at debug only', async () => {
    const lines = await outputAt(level);
    expect(lines.length).toBeGreaterThan(50);
    expect(linesWith(lines, SECRETS)).toEqual([]);
    if (level !== 'debug') expect(linesWith(lines, USER)).toEqual([]);
  });
});
