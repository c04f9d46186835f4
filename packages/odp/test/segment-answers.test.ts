import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSegments } from '../src/segment-answer.ts';
import { PLATFORMS, startLab, startOdp } from './running-odp.ts';

const lab = await startLab({ odp: { segments: { ada: ['vip'] } } });

const edges = (...nodes: unknown[]) => JSON.stringify({ data: { customer: { audiences: { edges: nodes } } } });
const good = { node: { name: 'vip', state: 'qualified' } };

describe.each(PLATFORMS)('on %s', (_platform, create) => {
  test.each([
    ['invalid-identifier', 'invalid-user', '(invalid identifier)'],
    ['invalid-identifier-classification', 'invalid-user', '(invalid identifier)'],
    ['other', 'request-failed', '(TestExceptionClass)'],
  ] as const)('[ODP-01] %s of the platform is %s and not remembered as an empty list', async (refusal, code, text) => {
    const { fetch } = startOdp(lab, {}, {}, create);
    lab.odp.refuse('ada', refusal);
    await expect(fetch('ada')).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
    await expect(fetch('ada')).rejects.toMatchObject({ code });
    lab.odp.refuse('ada', null);
    expect(await fetch('ada', 'RESET_CACHE')).toEqual(['vip']);
  });

  test.each([
    ['errors without extensions', '{"errors":[{"message":"x"}],"data":{"customer":null}}'],
    ['errors that are no list', '{"errors":{},"data":{"customer":null}}'],
    ['errors that hold null', '{"errors":[null]}'],
    ['data null', '{"data":null}'],
    ['no data', '{}'],
    ['customer null', '{"data":{"customer":null}}'],
    ['audiences null', '{"data":{"customer":{"audiences":null}}}'],
    ['edges null', '{"data":{"customer":{"audiences":{"edges":null}}}}'],
    ['edges missing', '{"data":{"customer":{"audiences":{}}}}'],
    ['edges an object', '{"data":{"customer":{"audiences":{"edges":{"0":1}}}}}'],
    ['an edge null', edges(good, null)],
    ['a node null', edges(good, { node: null })],
    ['a node without a name', edges(good, { node: { state: 'qualified' } })],
    ['a node with a numeric name', edges(good, { node: { name: 7, state: 'qualified' } })],
    ['a node without a state', edges(good, { node: { name: 'x' } })],
    ['a list of answers', '[{"data":null}]'],
    ['null', 'null'],
    ['a number', '7'],
    ['a text', '"text"'],
    ['an empty body', ''],
    ['HTML', '<!doctype html><h1>Sign in</h1>'],
    ['half a document', edges(good).slice(0, -5)],
    ['keys of a prototype', '{"__proto__":{"data":{}},"data":{"constructor":{}}}'],
  ])('[ODP-02] an answer with %s is a decode error, never an exception and never a list', async (_, body) => {
    const { fetch } = startOdp(lab, {}, {}, create);
    lab.faults.set('odp-segments', {
      kind: 'status',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body,
    });
    await expect(fetch('ada')).rejects.toMatchObject({
      code: 'invalid-response',
      message: expect.stringContaining('(decode error)'),
    });
    expect(lab.odp.requests.count).toBe(1);
  });

  test.each([
    ['errors: []', JSON.stringify({ errors: [], data: JSON.parse(edges(good)).data })],
    ['errors: null', JSON.stringify({ errors: null, data: JSON.parse(edges(good)).data })],
    ['another state', edges(good, { node: { name: 'x', state: 'not_qualified' } }, { node: { name: 'y', state: '' } })],
    ['a segment twice', edges(good, good)],
  ])('[ODP-02] an answer with %s is read', async (_, body) => {
    const { fetch } = startOdp(lab, {}, {}, create);
    lab.faults.set('odp-segments', { kind: 'status', status: 200, body });
    expect(await fetch('ada')).toEqual(['vip']);
  });
});

test('[ODP-02] whatever a GraphQL result holds, reading it gives names or an SdkError', () => {
  const result = fc.record(
    {
      data: fc.oneof(
        fc.jsonValue(),
        fc.record({ customer: fc.record({ audiences: fc.record({ edges: fc.jsonValue() }) }) }),
      ),
      errors: fc.oneof(fc.jsonValue(), fc.array(fc.record({ extensions: fc.jsonValue() }))),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(result, ({ data, errors }) => {
      try {
        for (const name of readSegments(data, errors)) expect(name).toBeTypeOf('string');
      } catch (error) {
        expect(error).toMatchObject({ name: 'SdkError' });
      }
    }),
  );
});

test.each([400, 401, 403, 404, 408, 410, 418, 429, 500, 502, 503, 504, 301, 304])(
  '[ODP-03] status %i is a network error after one request',
  async (status) => {
    const { fetch } = startOdp(lab);
    lab.faults.set('odp-segments', { kind: 'status', status, headers: { location: '/elsewhere' } });
    await expect(fetch('ada')).rejects.toMatchObject({
      code: 'request-failed',
      message: expect.stringContaining('(network error)'),
    });
    expect(lab.odp.requests.count).toBe(1);
  },
);

test.each([
  ['a hanging platform', { kind: 'hang' }],
  ['a body that drips for ever', { kind: 'drip', bytes: 1, intervalMs: 50 }],
  ['a late answer', { kind: 'latency', ms: 3_000 }],
] as const)('[ODP-03] %s ends at the total deadline', async (_, fault) => {
  const { fetch } = startOdp(lab, { segmentsTimeoutMs: 150 });
  lab.faults.set('odp-segments', fault);
  const start = performance.now();
  await expect(fetch('ada')).rejects.toMatchObject({ code: 'timeout' });
  expect(performance.now() - start).toBeLessThan(1_500);
});

test.each([
  ['truncated body', { kind: 'truncate', bytes: 20 }],
  ['reset connection', { kind: 'reset' }],
] as const)('[ODP-03] a %s is a network error', async (_, fault) => {
  const { fetch } = startOdp(lab);
  lab.faults.set('odp-segments', fault);
  await expect(fetch('ada')).rejects.toMatchObject({ code: 'request-failed' });
});

test('[ODP-03] a huge body is given up at its limit', async () => {
  const { fetch } = startOdp(lab);
  lab.faults.set('odp-segments', { kind: 'status', status: 200, body: `"${'x'.repeat(9 * 2 ** 20)}"` });
  await expect(fetch('ada')).rejects.toMatchObject({ code: 'invalid-response' });
});

test('[ODP-03] a closed port is a network error', async () => {
  const { fetch } = startOdp(lab, {}, { apiHost: 'http://127.0.0.1:1' });
  await expect(fetch('ada')).rejects.toMatchObject({ code: 'request-failed' });
});

test('[SEC-02] no error of a fetch shows the API key or the user id', async () => {
  const { fetch } = startOdp(lab, {}, { apiKey: 'canary-api-key' });
  for (const status of [403, 500, 200]) {
    lab.faults.set('odp-segments', { kind: 'status', status, body: '{"canary-user":1}' });
    const error = (await fetch('canary-user', 'IGNORE_CACHE').catch((thrown: unknown) => thrown)) as Error;
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(/canary/);
  }
});
