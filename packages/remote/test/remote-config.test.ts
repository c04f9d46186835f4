import { describe, expect, it, vi } from 'vitest';
import { createRemoteClient, type RemoteConfig } from '../src/index.ts';
import { checkConfig } from '../src/remote-config.ts';

describe('the configuration', () => {
  it('has the defaults of the service', () => {
    expect(checkConfig('client-key', {})).toEqual({
      url: 'https://api.lab.amplitude.com/sdk/v2/vardata?v=0',
      timeoutMs: 10_000,
      retryTimeoutMs: 10_000,
      policy: { retries: 0, leastMs: 500, baseMs: 1_000, capMs: 10_000, maxRetryAfterMs: 10_000, scalar: 1.5 },
    });
  });

  it('takes null and undefined for the default', () => {
    const nothing: RemoteConfig = {
      serverZone: undefined,
      serverUrl: null,
      fetchTimeoutMillis: undefined,
      fetchRetries: null,
    };
    expect(checkConfig('client-key', nothing)).toEqual(checkConfig('client-key', {}));
  });

  it.each([
    [{ serverZone: 'EU' }, 'https://api.lab.eu.amplitude.com/sdk/v2/vardata?v=0'],
    [{ serverZone: 'eu' }, 'https://api.lab.eu.amplitude.com/sdk/v2/vardata?v=0'],
    [{ serverZone: 'us' }, 'https://api.lab.amplitude.com/sdk/v2/vardata?v=0'],
    [{ serverZone: 'EU', serverUrl: 'https://proxy.example' }, 'https://proxy.example/sdk/v2/vardata?v=0'],
    [{ serverUrl: 'https://proxy.example/' }, 'https://proxy.example/sdk/v2/vardata?v=0'],
    [{ serverUrl: 'https://proxy.example/a/b//' }, 'https://proxy.example/a/b/sdk/v2/vardata?v=0'],
    [{ serverUrl: 'http://localhost:3546' }, 'http://localhost:3546/sdk/v2/vardata?v=0'],
  ])('asks for %j at %s', (config, url) => {
    expect(checkConfig('client-key', config as RemoteConfig).url).toBe(url);
  });

  it.each([
    { serverUrl: '' },
    { serverUrl: 'api.lab.amplitude.com' },
    { serverUrl: '//api.lab.amplitude.com' },
    { serverUrl: 'ftp://api.example' },
    { serverUrl: 'https://user:secret@api.example' },
    { serverUrl: 'https://api.example/?a=b' },
    { serverUrl: 'https://api.example/#a' },
    { serverUrl: 5 },
    { serverZone: 'ASIA' },
    { serverZone: '' },
    { fetchTimeoutMillis: 0 },
    { fetchTimeoutMillis: -1 },
    { fetchTimeoutMillis: Number.NaN },
    { fetchTimeoutMillis: Number.POSITIVE_INFINITY },
    { fetchTimeoutMillis: '10' },
    { fetchRetries: -1 },
    { fetchRetries: Number.NaN },
    { fetchRetryBackoffMinMillis: -1 },
    { fetchRetryBackoffMaxMillis: Number.NaN },
    { fetchRetryBackoffScalar: 0 },
    { fetchRetryTimeoutMillis: 0 },
    { fetch: 'fetch' },
    { random: 0.5 },
    { waitUntil: true },
    { logger: true },
    { logger: 'console' },
  ])('refuses %j at construction', (config) => {
    expect(() => createRemoteClient('client-key', config as RemoteConfig)).toThrowError(
      expect.objectContaining({ name: 'SdkError', code: 'invalid-option' }),
    );
  });

  it.each(['http://api.lab.amplitude.com', 'http://10.0.0.1', 'http://127.0.0.1.evil.example', 'http://0.0.0.0'])(
    '[SEC-07] refuses to ask in the clear at %s',
    (serverUrl) => {
      expect(() => createRemoteClient('client-key', { serverUrl })).toThrow(/https/);
    },
  );

  it('waits at least the minimum, unless the maximum is lower', () => {
    const { policy } = checkConfig('client-key', { fetchRetryBackoffMinMillis: 900, fetchRetryBackoffMaxMillis: 300 });
    expect(policy).toMatchObject({ leastMs: 300, baseMs: 600, capMs: 300 });
  });

  it('tells of options it does not know, once, and goes on', async () => {
    const warn = vi.fn();
    const logger = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn() };
    const config = { logger, fetchTimeoutMs: 5, pollInterval: 7 } as RemoteConfig;
    await createRemoteClient('client-key', config).close();
    expect(warn.mock.calls).toEqual([
      [
        {},
        expect.stringMatching(
          /^createRemoteClient does not have the option "fetchTimeoutMs", "pollInterval"; expected .*Did you mean "fetchTimeoutMillis"/,
        ),
      ],
    ]);
  });
});
