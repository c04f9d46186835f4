import { createCmabSource } from '@sortition/cmab';
import { isSdkError } from '@sortition/core';
import { createOdp } from '@sortition/odp';
import { createRemoteClient } from '@sortition/remote';
import fc from 'fast-check';
import { createPollingConfig } from 'sortition';
import { expect, it } from 'vitest';
import { startBound, startFuzzRun } from '../src/fuzz-run.ts';
import { HOSTILE_VALUES } from '../src/hostile-values.ts';

const { seed, factor } = startFuzzRun('bodies');
const parameters = { seed, numRuns: 400 * factor };

const value = fc.oneof(fc.constantFrom(...HOSTILE_VALUES), fc.jsonValue());
/** Answers that are nearly right are the ones that slip through. */
const document = fc.oneof(
  value,
  fc.record(
    {
      data: fc.record({
        customer: fc.record({
          audiences: fc.record({
            edges: fc.array(fc.record({ node: fc.record({ name: value, state: value }, { requiredKeys: [] }) })),
          }),
        }),
      }),
      errors: value,
    },
    { requiredKeys: ['data'] },
  ),
  fc.dictionary(fc.string(), fc.record({ key: value, value, payload: value, metadata: value }, { requiredKeys: [] })),
  fc.record({ predictions: fc.array(fc.record({ variation_id: value }, { requiredKeys: [] })) }),
);
const body = fc.oneof(
  document.map((content) => JSON.stringify(content)),
  fc.string({ unit: 'binary' }),
  document.map((content) => JSON.stringify(content).slice(0, -1)),
);
const status = fc.oneof(
  { weight: 5, arbitrary: fc.constant(200) },
  fc.integer({ min: 200, max: 599 }).filter((code) => ![204, 205, 304].includes(code)),
);

/** Settles within bounds, to a value that holds what it must or to an error of ours. */
async function settle<T>(work: Promise<T>, check: (result: T) => void): Promise<void> {
  const endBound = startBound();
  try {
    check(await work);
  } catch (error) {
    if (!isSdkError(error)) throw error;
  }
  endBound();
}

const answering = (text: string, code: number) => async (): Promise<Response> => new Response(text, { status: code });

it('any answer to a question for segments is a list of names or an error of ours', async () => {
  await fc.assert(
    fc.asyncProperty(body, status, async (text, code) => {
      const odp = createOdp({ fetch: answering(text, code) });
      odp.configure({ apiKey: 'key', apiHost: 'https://api.zaius.com', pixelUrl: '', segmentsToCheck: ['vip'] });
      await settle(odp.fetchSegments({ userId: 'ada', options: [], timeoutMs: 50 }), (segments) => {
        expect(segments.every((segment) => typeof segment === 'string')).toBe(true);
      });
      await odp.close?.({ timeoutMs: 1 });
    }),
    parameters,
  );
});

it('any answer with variants is variants or an error of ours', async () => {
  await fc.assert(
    fc.asyncProperty(body, status, async (text, code) => {
      const client = createRemoteClient('server-key', { fetch: answering(text, code), logger: false });
      await settle(client.fetch({ user_id: 'ada' }, { includeDefaultVariants: true }), (variants) => {
        for (const variant of Object.values(variants)) expect(typeof variant?.key).toBe('string');
      });
      await client.close();
    }),
    parameters,
  );
});

it('any answer with a prediction is one or an error of ours', async () => {
  await fc.assert(
    fc.asyncProperty(body, status, async (text, code) => {
      const source = createCmabSource({ fetch: answering(text, code), timeoutMs: 50 });
      const asked = { userId: 'ada', ruleId: '1', attributes: new Map(), cache: 'ignore' } as const;
      await settle(source.predict(asked), ({ variationId }) => expect(typeof variationId).toBe('string'));
      await source.close?.();
    }),
    parameters,
  );
});

it('any answer with a datafile is one or leaves the config as it was', async () => {
  await fc.assert(
    fc.asyncProperty(body, status, async (text, code) => {
      const config = createPollingConfig({ sdkKey: 'key', updates: 'manual', fetch: answering(text, code) });
      await settle(config.refresh?.() ?? Promise.resolve(false), (isNew) => {
        expect(config.current() !== null).toBe(isNew);
      });
      await config.close?.();
    }),
    parameters,
  );
});
