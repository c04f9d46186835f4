import { isSdkError } from '@sortition/core';
import { describe, expect, it } from 'vitest';
import { buildEndpoint } from '../src/datafile-endpoint.ts';
import { createPollingConfig, type PollingConfigOptions } from '../src/index.ts';
import { readPollingOptions } from '../src/polling-options.ts';

function refusal(options: unknown): unknown {
  try {
    createPollingConfig(options as PollingConfigOptions);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('the endpoint', () => {
  it.each([
    [{ sdkKey: 'aB_9-' }, 'https://cdn.optimizely.com/datafiles/aB_9-.json'],
    [{ sdkKey: 'k', accessToken: 't' }, 'https://config.optimizely.com/datafiles/auth/k.json'],
    [{ sdkKey: 'k', accessToken: 't', urlTemplate: 'https://cdn.example/%s?v=%s' }, 'https://cdn.example/k?v=k'],
    [{ sdkKey: 'a/../b?c#d', urlTemplate: 'http://localhost:1/%s.json' }, 'http://localhost:1/a%2F..%2Fb%3Fc%23d.json'],
    [{ sdkKey: '$&\r\n', urlTemplate: 'http://localhost/%s' }, 'http://localhost/%24%26%0D%0A'],
    [{ sdkKey: 'any', urlTemplate: 'https://cdn.example/fixed.json' }, 'https://cdn.example/fixed.json'],
    [{ sdkKey: 'any', urlTemplate: 'https://CDN.example:443/../fixed.json' }, 'https://CDN.example:443/../fixed.json'],
    [
      { sdkKey: 'any', urlTemplate: 'http://cdn.internal/%s', insecureHosts: ['cdn.internal'] },
      'http://cdn.internal/any',
    ],
  ])('[CFG-14] of %j is %s', (options, url) => {
    expect(buildEndpoint(options).url).toBe(url);
  });

  it.each([
    '',
    '../x',
    'a/b',
    'a?b',
    'a#b',
    'a\r\nb',
    'é',
    'a b',
    'a'.repeat(129),
    'a'.repeat(1_000_000),
    null,
    7,
    undefined,
  ])('[CFG-14] refuses the SDK key %j without showing it', (sdkKey) => {
    const error = refusal({ sdkKey });
    expect(error).toMatchObject({ code: 'invalid-option' });
    expect(String(error).length).toBeLessThan(200);
  });

  it.each(['', '.', '..', '\ud800', 'a'.repeat(1_025)])('[CFG-14] refuses %j also with a custom URL', (sdkKey) => {
    expect(refusal({ sdkKey, urlTemplate: 'https://cdn.example/%s/x' })).toMatchObject({ code: 'invalid-option' });
  });

  it.each(['http://cdn.example/%s', 'ftp://localhost/%s', '/%s', '', 'https://user:pass@cdn.example/%s'])(
    '[SEC-07] refuses the URL template %j',
    (urlTemplate) => {
      expect(refusal({ sdkKey: 'k', urlTemplate })).toMatchObject({ code: 'invalid-option' });
    },
  );

  it.each(['', 'a b', 'a\r\nx: y', 'ü'])('[SEC-02] refuses the access token %j without showing it', (accessToken) => {
    const error = refusal({ sdkKey: 'k', accessToken });
    expect(error).toMatchObject({ code: 'invalid-option' });
    if (accessToken !== '') expect(String(error)).not.toContain(accessToken);
  });
});

describe('options', () => {
  it.each([
    { pollIntervalMs: 0 },
    { pollIntervalMs: -1 },
    { pollIntervalMs: Number.NaN },
    { pollIntervalMs: '1000' },
    { pollIntervalMs: null },
    { requestTimeoutMs: 0 },
    { requestTimeoutMs: null },
    { requestTimeoutMs: Number.POSITIVE_INFINITY },
    { maxBytes: Number.POSITIVE_INFINITY },
    { maxBytes: Number.NaN },
    { updates: 'sometimes' },
    { updates: 'manual', stream: () => () => undefined },
    { stream: true },
    { stream: { url: 'https://example.com/' } },
    { stream: null },
    { stream: 5 },
    { cache: {} },
    { cache: { getItem: () => null, setItem: () => undefined } },
    { insecureHosts: 'datafiles' },
    { insecureHosts: [5] },
    { headers: null },
    { headers: 'x-key: 1' },
    { headers: { 'x-key': 1 } },
    { headers: [] },
    { headers: { 'two words': '1' } },
    { headers: { 'x-key': 'a\nb: c' } },
    { headers: { 'x-key': '€' } },
    { urlTemplate: 5 },
    { accessToken: 5 },
    { fetch: 'fetch' },
  ])('[CFG-12] refuses %j', (options) => {
    expect(isSdkError(refusal({ sdkKey: 'k', ...options }))).toBe(true);
  });

  it.each([
    [1, 1_000],
    [999, 1_000],
    [1_000, 1_000],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, 2 ** 31 - 1],
    [Number.POSITIVE_INFINITY, 2 ** 31 - 1],
  ])('[CFG-12] uses an interval of %f ms as %i ms and says so when they differ', (pollIntervalMs, expected) => {
    const { intervalMs, clamped } = readPollingOptions({ sdkKey: 'k', pollIntervalMs });
    expect(intervalMs).toBe(expected);
    expect(clamped === undefined).toBe(pollIntervalMs === expected);
  });

  it('may be given as undefined, which is the same as leaving them out', () => {
    const absent: Record<Exclude<keyof PollingConfigOptions, 'sdkKey'>, undefined> = {
      datafile: undefined,
      urlTemplate: undefined,
      insecureHosts: undefined,
      accessToken: undefined,
      headers: undefined,
      updates: undefined,
      pollIntervalMs: undefined,
      requestTimeoutMs: undefined,
      maxBytes: undefined,
      stream: undefined,
      cache: undefined,
      check: undefined,
      fetch: undefined,
    };
    expect(readPollingOptions({ sdkKey: 'k', ...absent })).toEqual(readPollingOptions({ sdkKey: 'k' }));
  });

  it.each([
    [{ updateInterval: 60_000 }, 'does not have the option "updateInterval"; expected sdkKey, datafile, '],
    [{ updateInterval: 60_000 }, 'Did you mean "pollIntervalMs"?'],
    [{ autoUpdate: true }, 'Did you mean "updates"?'],
    [{ pollIntervalMS: 60_000 }, ', pollIntervalMs, '],
    [{ datafileAccessToken: 'secret' }, ', accessToken, '],
    [{ flavour: 1 }, 'does not have the option "flavour"; expected '],
  ])('[CFG-16] that do not exist, %j, are a problem, told once to the first listener', async (options, message) => {
    const source = createPollingConfig({ sdkKey: 'k', updates: 'manual', ...options } as PollingConfigOptions);
    const heard: unknown[] = [];
    source.subscribe((change) =>
      heard.push(change.type === 'problem' ? [change.problem.code, change.problem.message] : change),
    );
    await Promise.resolve();
    source.subscribe((change) => heard.push(change));
    await Promise.resolve();
    expect(heard).toEqual([['unknown-option', expect.stringContaining(message)]]);
    expect(JSON.stringify(heard)).not.toContain('secret');
  });

  it('have the documented defaults', () => {
    expect(readPollingOptions({ sdkKey: 'k' })).toMatchObject({
      updates: 'background',
      intervalMs: 300_000,
      requestTimeoutMs: 10_000,
      maxBytes: 64 * 1_048_576,
      listen: undefined,
    });
    expect(refusal(undefined)).toMatchObject({ code: 'invalid-option' });
  });
});
