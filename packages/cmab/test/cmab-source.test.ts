import type { CmabRequest } from '@sortition/core';
import { createLabServer, type PredictionInstance } from '@sortition/emulator';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type CmabSourceOptions, createCmabSource } from '../src/index.ts';

afterEach(() => void vi.useRealTimers());

/** A prediction service whose answers count up, and a source that asks it. */
async function startService(options: CmabSourceOptions = {}) {
  const asked: PredictionInstance[] = [];
  const lab = await createLabServer({
    predict: (instance) => {
      asked.push(instance);
      return `v${asked.length}`;
    },
  });
  onTestFinished(() => lab.close());
  const source = createCmabSource({ endpointTemplate: `${lab.url}/predict/%s`, ...options });
  onTestFinished(() => void source.close?.());
  return { lab, asked, source, predict: (changes: Partial<CmabRequest> = {}) => source.predict(request(changes)) };
}

function request(changes: Partial<CmabRequest> = {}): CmabRequest {
  return { userId: 'ada', ruleId: '3', attributes: new Map([['a1', 'pro']]), cache: 'use', ...changes };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('a prediction', () => {
  test('is asked for in the documented shape, and answered with the id it was asked with', async () => {
    const { lab, predict } = await startService();
    const attributes = new Map<string, string | number | boolean | null>([
      ['a1', 'pro'],
      ['a2', 41],
      ['a3', false],
      ['a4', null],
    ]);
    const prediction = await predict({ attributes });
    expect(prediction).toEqual({ variationId: 'v1', cmabUuid: expect.stringMatching(UUID) });
    const sent = lab.predictions.requests.recent[0];
    expect(sent).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      instances: [
        {
          visitorId: 'ada',
          experimentId: '3',
          attributes: [
            { id: 'a1', value: 'pro', type: 'custom_attribute' },
            { id: 'a2', value: 41, type: 'custom_attribute' },
            { id: 'a3', value: false, type: 'custom_attribute' },
            { id: 'a4', value: null, type: 'custom_attribute' },
          ],
          cmabUUID: prediction.cmabUuid,
        },
      ],
    });
  });

  test.each<[unknown, string | null]>([
    [{ predictions: [{ variation_id: 'v' }] }, 'v'],
    [{ predictions: [{ variation_id: 42 }] }, '42'],
    [{ predictions: [] }, null],
    [{ predictions: [{ variation_id: '' }] }, null],
    [{ predictions: [{ variation_id: 0 }] }, null],
    [{ predictions: [{ variation_id: null }] }, null],
    [{ predictions: [null] }, null],
    [{ predictions: 'v' }, null],
    [{}, null],
    [null, null],
    ['text', null],
    [[], null],
  ])('of the answer %j is %j', async (answer, variationId) => {
    const source = createCmabSource({ fetch: async () => new Response(JSON.stringify(answer)) });
    const predicting = source.predict(request());
    if (variationId !== null) expect(await predicting).toMatchObject({ variationId });
    else await expect(predicting).rejects.toMatchObject({ code: 'invalid-response' });
  });

  test('whose rule id is hostile is asked for under one path segment', async () => {
    const urls: string[] = [];
    const fetch = async (url: unknown) => {
      urls.push(String(url));
      return new Response('{"predictions":[{"variation_id":"v"}]}');
    };
    await createCmabSource({ fetch }).predict(request({ ruleId: '../$&?x=/y' }));
    expect(urls).toEqual(['https://prediction.cmab.optimizely.com/predict/..%2F%24%26%3Fx%3D%2Fy']);
  });

  test.each([500, 503, 429, 408])('refused with status %i is asked for once more', async (status) => {
    const { lab, predict } = await startService();
    lab.faults.set('predictions', { kind: 'status', status, times: 1 });
    expect(await predict()).toMatchObject({ variationId: 'v1' });
    lab.faults.set('predictions', { kind: 'status', status });
    await expect(predict({ userId: 'bob' })).rejects.toMatchObject({ code: 'request-failed', cause: { status } });
  });

  test.each([400, 401, 404])('refused with status %i fails at once', async (status) => {
    const { lab, asked, predict } = await startService();
    lab.faults.set('predictions', { kind: 'status', status, times: 1 });
    await expect(predict()).rejects.toMatchObject({ code: 'request-failed' });
    expect(asked).toEqual([]);
  });

  test.each<[string, Parameters<Awaited<ReturnType<typeof startService>>['lab']['faults']['set']>[1]]>([
    ['hangs', { kind: 'hang' }],
    ['drips', { kind: 'drip', intervalMs: 50 }],
  ])('from a service that %s ends with its deadline, repetition included', async (_, fault) => {
    const { lab, predict } = await startService({ timeoutMs: 300 });
    lab.faults.set('predictions', fault);
    const before = Date.now();
    await expect(predict()).rejects.toMatchObject({ code: 'timeout' });
    expect(Date.now() - before).toBeLessThan(3_000);
  });

  test('is given up when its caller aborts, and refused after close', async () => {
    const { lab, source, predict } = await startService();
    lab.faults.set('predictions', { kind: 'hang' });
    const controller = new AbortController();
    const predicting = predict({ signal: controller.signal });
    controller.abort();
    await expect(predicting).rejects.toMatchObject({ code: 'aborted' });
    await expect(predict({ signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' });
    const hanging = predict({ userId: 'bob' });
    const rejected = expect(hanging).rejects.toMatchObject({ code: 'aborted' });
    await source.close?.();
    await rejected;
    await expect(predict()).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('what is remembered', () => {
  test('answers the same user, rule and attributes, in whatever order they come', async () => {
    const { asked, predict } = await startService();
    const first = await predict({
      attributes: new Map([
        ['a1', 'pro'],
        ['a2', 'x'],
      ]),
    });
    expect(
      await predict({
        attributes: new Map([
          ['a2', 'x'],
          ['a1', 'pro'],
        ]),
      }),
    ).toEqual(first);
    expect(asked).toHaveLength(1);
    expect((await predict({ ruleId: '4' })).variationId).toBe('v2');
    expect((await predict({ userId: 'bob' })).variationId).toBe('v3');
  });

  test('is replaced when the attributes change, also back again', async () => {
    const { predict } = await startService();
    const pro = new Map([['a1', 'pro']]);
    const free = new Map([['a1', 'free']]);
    const answers = [];
    for (const attributes of [pro, pro, free, free, pro]) answers.push((await predict({ attributes })).variationId);
    expect(answers).toEqual(['v1', 'v1', 'v2', 'v2', 'v3']);
  });

  test('is neither read nor written with "ignore", begun again with "reset", and only this user’s with "invalidate-user"', async () => {
    const { predict } = await startService();
    const ask = async (userId: string, cache: CmabRequest['cache']) => (await predict({ userId, cache })).variationId;
    expect([await ask('ada', 'use'), await ask('bob', 'use')]).toEqual(['v1', 'v2']);
    expect([await ask('ada', 'ignore'), await ask('ada', 'use')]).toEqual(['v3', 'v1']);
    expect([await ask('ada', 'invalidate-user'), await ask('ada', 'use'), await ask('bob', 'use')]).toEqual([
      'v4',
      'v4',
      'v2',
    ]);
    expect([await ask('ada', 'reset'), await ask('bob', 'use')]).toEqual(['v5', 'v6']);
  });

  test('is forgotten after cacheTimeoutMs', async () => {
    vi.useFakeTimers();
    let answers = 0;
    const fetch = async () => {
      answers += 1;
      return new Response(JSON.stringify({ predictions: [{ variation_id: `v${answers}` }] }));
    };
    const source = createCmabSource({ fetch, cacheTimeoutMs: 1_000 });
    expect((await source.predict(request())).variationId).toBe('v1');
    await vi.advanceTimersByTimeAsync(900);
    expect((await source.predict(request())).variationId).toBe('v1');
    await vi.advanceTimersByTimeAsync(200);
    expect((await source.predict(request())).variationId).toBe('v2');
  });

  test.each([{ cacheSize: 0 }, { cacheTimeoutMs: 0 }])('is nothing with %j', async (options) => {
    const { asked, predict } = await startService(options);
    await predict();
    await predict();
    expect(asked).toHaveLength(2);
  });

  test('is bounded: the newest stay, and never more than twice cacheSize', async () => {
    let requests = 0;
    const fetch = async () => {
      requests += 1;
      return new Response('{"predictions":[{"variation_id":"v"}]}');
    };
    const source = createCmabSource({ fetch, cacheSize: 10 });
    for (let user = 0; user < 50; user += 1) await source.predict(request({ userId: `u${user}` }));
    for (let user = 40; user < 50; user += 1) await source.predict(request({ userId: `u${user}` }));
    expect(requests).toBe(50);
    for (let user = 0; user < 30; user += 1) await source.predict(request({ userId: `u${user}` }));
    expect(requests).toBe(80);
  });

  test('does not hold failures', async () => {
    const { lab, predict } = await startService();
    lab.faults.set('predictions', { kind: 'status', status: 400, times: 1 });
    await expect(predict()).rejects.toMatchObject({ code: 'request-failed' });
    expect(await predict()).toMatchObject({ variationId: 'v1' });
  });
});

describe('callers at once', () => {
  test('share one request per user, rule and attributes', async () => {
    const { lab, asked, predict } = await startService();
    lab.faults.set('predictions', { kind: 'latency', ms: 50 });
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, () => predict()),
      predict({ attributes: new Map() }),
    ]);
    expect(asked).toHaveLength(2);
    expect(new Set(answers.slice(0, 20).map(({ cmabUuid }) => cmabUuid)).size).toBe(1);
  });

  test('of whom one gives up leave the others their answer', async () => {
    const { lab, asked, predict } = await startService();
    lab.faults.set('predictions', { kind: 'latency', ms: 100 });
    const controller = new AbortController();
    const first = predict({ signal: controller.signal });
    const second = predict();
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    expect(await second).toMatchObject({ variationId: 'v1' });
    expect(asked).toHaveLength(1);
  });

  test('ask by themselves when the first request is dead', async () => {
    let calls = 0;
    const fetch = async () => {
      calls += 1;
      if (calls === 1) return new Promise<Response>(() => undefined);
      return new Response('{"predictions":[{"variation_id":"alive"}]}');
    };
    vi.useFakeTimers();
    const source = createCmabSource({ fetch, timeoutMs: 4_000 });
    const rejected = expect(source.predict(request())).rejects.toMatchObject({ code: 'timeout' });
    const alive = source.predict(request());
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await alive).toMatchObject({ variationId: 'alive' });
    await vi.advanceTimersByTimeAsync(2_000);
    await rejected;
    expect(calls).toBe(2);
  });

  test('have one deadline for waiting and asking together', async () => {
    vi.useFakeTimers();
    let calls = 0;
    const fetch = () => {
      calls += 1;
      return new Promise<Response>(() => undefined);
    };
    const source = createCmabSource({ fetch, timeoutMs: 400 });
    const codes: string[] = [];
    for (let caller = 0; caller < 2; caller += 1) {
      source.predict(request()).catch(({ code }: { code: string }) => codes.push(code));
    }
    await vi.advanceTimersByTimeAsync(399);
    expect([calls, codes]).toEqual([2, []]);
    await vi.advanceTimersByTimeAsync(2);
    expect(codes).toEqual(['timeout', 'timeout']);
  });

  test('share a failure too', async () => {
    const { lab, predict } = await startService();
    lab.faults.set('predictions', { kind: 'status', status: 400 });
    const results = await Promise.allSettled([predict(), predict(), predict()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(lab.predictions.requests.count).toBe(0);
  });
});

test('an answer to a question that was asked anew since is not remembered', async () => {
  const answers: ((response: Response) => void)[] = [];
  const fetch = () => new Promise<Response>((resolve) => answers.push(resolve));
  const source = createCmabSource({ fetch });
  const old = source.predict(request());
  const anew = source.predict(request({ cache: 'invalidate-user' }));
  answers[1]?.(new Response('{"predictions":[{"variation_id":"new"}]}'));
  expect(await anew).toMatchObject({ variationId: 'new' });
  answers[0]?.(new Response('{"predictions":[{"variation_id":"old"}]}'));
  expect(await old).toMatchObject({ variationId: 'old' });
  expect(await source.predict(request())).toMatchObject({ variationId: 'new' });
});

test('an answer to a question from before a reset is not remembered', async () => {
  const { lab, asked, predict } = await startService();
  lab.faults.set('predictions', { kind: 'latency', ms: 60, times: 1 });
  const old = predict();
  await predict({ userId: 'bob', cache: 'reset' });
  await old;
  await predict();
  expect(asked).toHaveLength(3);
});

test.each([null, 5, 'fast'])('%j as options is refused', (options) => {
  expect(() => createCmabSource(options as never)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
});

test('options may be undefined, which is the same as leaving them out', () => {
  const absent: Record<keyof CmabSourceOptions, undefined> = {
    insecureHosts: undefined,
    endpointTemplate: undefined,
    timeoutMs: undefined,
    cacheSize: undefined,
    cacheTimeoutMs: undefined,
    fetch: undefined,
    randomId: undefined,
  };
  expect(() => createCmabSource(absent)).not.toThrow();
});

test.each([
  [{ endpointTemplate: 'https://example.com/predict' }, 'endpointTemplate'],
  [{ endpointTemplate: 'http://example.com/%s' }, 'endpointTemplate'],
  [{ timeoutMs: 0 }, 'timeoutMs'],
  [{ timeoutMs: Number.NaN }, 'timeoutMs'],
  [{ cacheSize: -1 }, 'cacheSize'],
  [{ cacheTimeoutMs: 1.5 }, 'cacheTimeoutMs'],
  [{ fetch: 1 as never }, 'fetch'],
])('the options %j are refused', (options, name) => {
  expect(() => createCmabSource(options)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  expect(() => createCmabSource(options)).toThrow(new RegExp(name));
});

test.each(['.', '..'])(
  '[SEC-09] a rule id %j, which would lead to another path, is never asked for',
  async (ruleId) => {
    const urls: string[] = [];
    const source = createCmabSource({
      fetch: async (url) => {
        urls.push(String(url));
        return Response.json({ predictions: [{ variation_id: 'v' }] });
      },
    });
    const asked = source.predict({ userId: 'ada', ruleId, attributes: new Map(), cache: 'use' });
    await expect(asked).rejects.toMatchObject({ code: 'request-failed' });
    expect(urls).toEqual([]);
  },
);

test('[EVT-20] an option that does not exist is told to the client, with those that do', () => {
  const messages: string[] = [];
  const source = createCmabSource({ cacheTtl: 5 } as never);
  source.attach?.({ problem: ({ code, message }) => messages.push(`${code} ${message}`) });
  expect(messages).toEqual([
    expect.stringMatching(
      /^unknown-option createCmabSource does not have the option "cacheTtl"; expected .*Did you mean "cacheTimeoutMs"\?$/,
    ),
  ]);
});
