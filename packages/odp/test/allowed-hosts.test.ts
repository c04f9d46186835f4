import type { LookupOptions } from 'node:dns';
import { expect, test } from 'vitest';
import { checkApiHost, parseAllowedHosts } from '../src/allowed-hosts.ts';
import { startLab, startOdp } from './running-odp.ts';

const builtIn = parseAllowedHosts([]);
const lab = await startLab({ odp: { segments: { ada: ['vip'] } } });

test.each([
  'https://api.zaius.com',
  'https://api.zaius.com/',
  'https://API.Zaius.Com',
  'https://api.zaius.com:443',
  'https://api.zaius.com:8443',
  'https://eu1.api.zaius.com',
  'https://odp.optimizely.com',
])('[SEC-01] the built-in list takes %s', (host) => {
  expect(checkApiHost(host, builtIn)).toBe(new URL(host).origin);
});

test.each([
  '',
  'api.zaius.com',
  '//api.zaius.com',
  'http://api.zaius.com',
  'ftp://api.zaius.com',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/plain,x',
  'https://',
  'https:///api.zaius.com',
  'https:api.zaius.com',
  'https:\\\\api.zaius.com',
  'https://zaius.com',
  'https://optimizely.com',
  'https://api.zaius.com.',
  'https://api.zaius.com..',
  'https://evilzaius.com',
  'https://zaius.com.evil.com',
  'https://api.zaius.com.evil.com',
  'https://api-zaius.com',
  'https://evil.com#.zaius.com',
  'https://evil.com/.zaius.com',
  'https://evil.com?.zaius.com',
  'https://evil.com\\.zaius.com',
  'https://evil.com\\@api.zaius.com',
  'https://evil.com%2f.zaius.com',
  'https://evil.com%00.zaius.com',
  'https://api.zaius.com@evil.com',
  'https://user@api.zaius.com',
  'https://user:password@api.zaius.com',
  'https://:@api.zaius.com',
  'https://api.zaius.com/path',
  'https://api.zaius.com/../',
  'https://api.zaius.com?',
  'https://api.zaius.com?x=1',
  'https://api.zaius.com#',
  'https://api.zaius.com//',
  ' https://api.zaius.com',
  'https://api.zaius.com ',
  'https://api.zai\nus.com',
  'https://api.zai\tus.com',
  'https://api.zaius.com\r\nx-header: 1',
  'https://api.zaius.com\u0000',
  'https://api.zaіus.com',
  'https://api.zaius。com',
  'https://ａpi.zaius.com',
  'https://api.zaius.com\u200b',
  'https://xn--zaus-7va.com',
  'https://api.xn--zaus-7va.com',
  'https://api.zaius.com:99999',
  'https://api.zaius.com:',
  'https://api.zaius.com:443:443',
  'https://localhost',
  'http://localhost',
  'https://127.0.0.1',
  'http://127.0.0.1:8080',
  'https://2130706433',
  'https://0x7f000001',
  'https://0177.0.0.1',
  'https://127.1',
  'https://0',
  'https://[::1]',
  'https://[::ffff:127.0.0.1]',
  'https://[::ffff:7f00:1]',
  'https://169.254.169.254',
  'https://10.0.0.1',
  'https://metadata.google.internal',
])('[SEC-01] the built-in list refuses %j', (host) => {
  expect(() => checkApiHost(host, builtIn)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});

test.each([
  ['127.0.0.1', 'http://127.0.0.1:4010', true],
  ['127.0.0.1', 'https://127.0.0.1', true],
  ['127.0.0.1:4010', 'http://127.0.0.1:4010', true],
  ['127.0.0.1:4010', 'http://127.0.0.1:4011', false],
  ['127.0.0.1', 'http://127.0.0.2', false],
  ['127.0.0.1', 'http://2130706433', false],
  ['127.0.0.1', 'http://0x7f.1', false],
  ['127.0.0.1', 'http://127.1', false],
  ['127.0.0.1', 'http://[::ffff:127.0.0.1]', false],
  ['localhost', 'http://localhost:4010', true],
  ['localhost', 'http://127.0.0.1', false],
  ['::1', 'http://[::1]:4010', true],
  ['[::1]', 'http://[::1]:4010', true],
  ['[::1]:4010', 'http://[::1]:4011', false],
  ['odp.example.com', 'https://odp.example.com', true],
  ['ODP.Example.com', 'https://odp.example.com:8443', true],
  ['odp.example.com:443', 'https://odp.example.com', true],
  ['odp.example.com:443', 'https://odp.example.com:8443', false],
  ['odp.example.com', 'http://odp.example.com', false],
  ['odp.example.com', 'https://x.odp.example.com', false],
  ['*.example.com', 'https://x.y.example.com', true],
  ['*.example.com', 'https://example.com', false],
  ['10.0.0.5', 'https://10.0.0.5', true],
  ['10.0.0.5', 'http://10.0.0.5', false],
])('[SEC-01] with %s on the list, %s is allowed: %s', (entry, host, isAllowed) => {
  const check = () => checkApiHost(host, parseAllowedHosts([entry]));
  if (isAllowed) expect(check()).toBe(new URL(host).origin);
  else expect(check).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});

test('[SEC-01] a datafile that names another host disables ODP with a problem, and nothing is sent', async () => {
  const { odp, problems, fetch } = startOdp(lab, { allowedHosts: [] });
  expect(problems).toMatchObject([
    { code: 'odp-host-refused', part: 'odp', message: expect.stringContaining('allowedHosts') },
  ]);
  await expect(fetch('ada')).rejects.toMatchObject({
    code: 'request-failed',
    message: expect.stringContaining('ODP is off'),
  });
  odp.sendEvent({ action: 'buy', identifiers: { email: 'ada@example.com' }, data: {} });
  expect(await odp.flush?.()).toEqual({ delivered: 0, dropped: 1, pending: 0 });
  expect(lab.odp.requests.count + lab.odp.eventRequests.count).toBe(0);
});

test('[SEC-01] a redirect is not followed, also within the host', async () => {
  const { fetch } = startOdp(lab);
  lab.faults.set('odp-segments', {
    kind: 'status',
    status: 307,
    headers: { location: `${lab.url}/v3/graphql` },
    times: 1,
  });
  await expect(fetch('ada')).rejects.toMatchObject({ code: 'request-failed' });
  expect(lab.odp.requests.count).toBe(1);
});

test('[SEC-01] with the public transport a name that resolves to this machine is refused when it is connected to', async () => {
  const { createKeepAliveFetch } = await import('@sortition/http/node');
  const transport = createKeepAliveFetch({
    addresses: 'public',
    lookup: (_, { all }: LookupOptions, callback) =>
      all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
  });
  const { fetch } = startOdp(lab, { fetch: transport }, { apiHost: `https://rebound.zaius.com:${lab.port}` });
  await expect(fetch('ada')).rejects.toMatchObject({
    code: 'request-failed',
    message: expect.stringContaining('not on the public internet'),
  });
  expect(lab.odp.requests.count).toBe(0);
  transport.close();
});
