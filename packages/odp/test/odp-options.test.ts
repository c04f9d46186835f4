import { expect, test } from 'vitest';
import { createOdp, createVuidSource } from '../src/index.ts';
import { settingsFor, startLab, startOdp } from './running-odp.ts';

const lab = await startLab();

test.each([
  [{ batchSize: Object.create(null) }, 'batchSize'],
  [{ flushIntervalMs: Number.NaN }, 'flushIntervalMs'],
  [{ segmentsFailureMemoryMs: -1 }, 'segmentsFailureMemoryMs'],
  [{ fetch: 'Bearer secret' }, 'fetch'],
  [{ randomId: 'Bearer secret' }, 'randomId'],
  [{ segmentsCache: { lookup: 'secret' } }, 'segmentsCache'],
  [{ insecureHosts: 'secret' }, 'insecureHosts'],
])('[SEC-09] the options %j are refused by name, and no text of theirs is quoted', (options, name) => {
  const make = () => createOdp(options as never);
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  expect(make).toThrow(new RegExp(name));
  expect(make).not.toThrow(/secret/);
});

test('options of a visitor id source are refused in the same way', () => {
  expect(() => createVuidSource({ enableVuid: Object.create(null) })).toThrow(/enableVuid/);
});

test('[EVT-20] an option that does not exist is told to the client, with those that do', () => {
  const messages: string[] = [];
  const odp = createOdp({ flushInterval: 5, segmentsApiTimeout: 3 } as never);
  odp.attach?.({ problem: ({ message }) => messages.push(message), clientName: 'x', clientVersion: '1' });
  expect(messages).toEqual([
    expect.stringMatching(
      /^createOdp does not have the option "flushInterval", "segmentsApiTimeout"; expected .*Did you mean "flushIntervalMs", "segmentsTimeoutMs"\?$/,
    ),
  ]);
});

test.each([
  [{}, 1],
  [{ segmentsFailureMemoryMs: 0 }, 2],
  [{ segmentsCacheSize: 0 }, 2],
  [{ segmentsCacheTimeoutMs: 0 }, 2],
])(
  '[ODP-03] with %j a failed fetch of segments that is repeated at once takes %i requests',
  async (options, requests) => {
    const { fetch } = startOdp(lab, options);
    lab.faults.set('odp-segments', { kind: 'status', status: 503 });
    for (let i = 0; i < 2; i++) await expect(fetch('ada')).rejects.toMatchObject({ code: 'request-failed' });
    expect(lab.odp.requests.count).toBe(requests);
  },
);

test('plain http to a host of the own network is for those that are named in insecureHosts', async () => {
  const problems: string[] = [];
  const odpFor = (insecureHosts: readonly string[]) => {
    const odp = createOdp({ allowedHosts: ['odp.internal'], insecureHosts });
    odp.attach?.({ problem: ({ code }) => problems.push(code), clientName: 'x', clientVersion: '1' });
    odp.configure(settingsFor(lab, { apiHost: 'http://odp.internal:8080' }));
    return odp;
  };
  odpFor([]);
  expect(problems).toEqual(['odp-host-refused']);
  odpFor(['odp.internal:8080']);
  expect(problems).toEqual(['odp-host-refused']);
});
