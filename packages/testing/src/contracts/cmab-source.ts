/**
 * What a source of bandits' predictions must do so that a client can rely on it: answer what the service says to exactly what
 * was asked, remember it only as far as the caller allows, and fail in time.
 *
 * A source that remembers by user alone, joins callers under the signal of the first, or answers a variation of its own when
 * the service is down, fails.
 */
import type { AttributeValue, CmabRequest, CmabSource } from '@sortition/core';
import { createClient, createStaticConfig } from 'sortition';
import { describe, expect } from 'vitest';
import type { Disturbance } from './disturbance.ts';
import { newName, ODD_NAMES } from './made-up-names.ts';
import { codeOfRejection, inTime, settled, TEST_TIMEOUT_MS } from './settling.ts';
import { createTestWith } from './test-with.ts';

/** A request to the service behind a source. */
export interface AskedPrediction {
  readonly userId: string;
  readonly ruleId: string;
  /** Attribute id to value. */
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** A source, and controls for the service behind it. */
export interface CmabSourceUnderTest {
  readonly source: CmabSource;
  /** Absent if nothing can fail. */
  readonly disturb?: ((how: Disturbance) => unknown) | undefined;
  /** Called after each test, when the source is closed. */
  readonly close?: (() => unknown) | undefined;
}

/**
 * Called for each test.
 *
 * @param predict Returns the id of the variation that the service behind the source must predict.
 */
export type CreateCmabSource = (
  predict: (asked: AskedPrediction) => string,
) => CmabSourceUnderTest | Promise<CmabSourceUnderTest>;

type Predict = Parameters<CreateCmabSource>[0];

/** The model behind a source. */
interface Model {
  /** Part of every prediction, so that a new one can be distinguished from a cached one. */
  edition: string;
  /** Replaces the predictions. */
  predict: Predict;
  /** Number of requests. */
  asked: number;
}

/**
 * Describes the suite for one source.
 *
 * @param name Names the source in the titles.
 * @example
 * describeCmabSource('our model', (predict) => ({ source: createModelSource({ run: predict }) }));
 */
export function describeCmabSource(name: string, create: CreateCmabSource): void {
  const title = `${name} as a source of predictions`;
  const test = createTestWith(
    async () => {
      const model: Model = { edition: 'first', asked: 0, predict: (asked) => answerOf(model, asked) };
      const under = await create((asked) => {
        model.asked += 1;
        return model.predict(asked);
      });
      return { ...under, model };
    },
    async ({ source, disturb, close }) => {
      await disturb?.(null);
      await source.close?.();
      await close?.();
    },
    TEST_TIMEOUT_MS,
  );

  describe(title, () => {
    test('resolves what the service predicts, under an id of its own', async ({ source, model }) => {
      const requests = [createRequest(), createRequest()] as const;
      const [ada, bob] = [await predict(source, requests[0]), await predict(source, requests[1])];
      expect(ada).toEqual({ variationId: answerOf(model, requests[0]), cmabUuid: expect.stringMatching(/./) });
      expect(bob).toEqual({ variationId: answerOf(model, requests[1]), cmabUuid: expect.stringMatching(/./) });
      expect(ada.cmabUuid).not.toBe(bob.cmabUuid);
    });

    test('keeps users and rules apart, whatever their ids look like', async ({ source, model }) => {
      const prefix = newName();
      for (const odd of [...ODD_NAMES, '-', '_', '|', '.']) {
        const pairs = [
          [`${prefix}a${odd}b`, 'c'],
          [`${prefix}a`, `b${odd}c`],
        ] as const;
        for (const [userId, ruleId] of pairs) {
          const asked = createRequest({ userId, ruleId });
          expect((await predict(source, asked)).variationId).toBe(answerOf(model, asked));
        }
      }
    });

    test('asks with the attributes of the moment', async ({ source, model }) => {
      const asked = createRequest();
      const lists: [string, AttributeValue][][] = [
        [['plan', 'pro']],
        [['plan', 'free']],
        [['plan', true]],
        [['plan', 'true']],
        [['plan', null]],
        [['plan', 1]],
        [
          ['plan', 1],
          ['age', 41.5],
        ],
        [['age', 41.5]],
        [],
      ];
      for (const attributes of lists.map((list) => new Map(list))) {
        const { variationId } = await predict(source, { ...asked, attributes });
        expect(variationId).toBe(answerOf(model, { ...asked, attributes }));
      }
    });

    test('asks anew where it must not use what it remembers', async ({ source, model }) => {
      for (const cache of ['ignore', 'reset', 'invalidate-user'] as const) {
        const [ada, bob] = [createRequest(), createRequest()];
        model.edition = `before ${cache}`;
        for (const asked of [ada, bob]) await predict(source, asked);
        model.edition = `after ${cache}`;
        expect((await predict(source, { ...ada, cache })).variationId).toBe(answerOf(model, ada));
        if (cache !== 'ignore') expect((await predict(source, ada)).variationId).toBe(answerOf(model, ada));
        if (cache === 'reset') expect((await predict(source, bob)).variationId).toBe(answerOf(model, bob));
      }
    });

    test('leaves what it remembers alone when it is to ignore that', async ({ source, model }) => {
      const asked = createRequest();
      const first = await predict(source, asked);
      const remembers = (await predict(source, asked)).cmabUuid === first.cmabUuid;
      model.edition = 'next';
      await predict(source, { ...asked, cache: 'ignore' });
      if (remembers) expect(await predict(source, asked)).toEqual(first);
    });

    test('answers many who ask at once, also when the first of them gives up', async ({ source, model }) => {
      const asked = createRequest();
      const caller = new AbortController();
      const given = source.predict({ ...asked, signal: caller.signal });
      const others = Array.from({ length: 10 }, () => predict(source, asked));
      caller.abort();
      expect(await codeOfRejection(given)).toBe('aborted');
      const variationIds = (await Promise.all(others)).map(({ variationId }) => variationId);
      expect(variationIds).toEqual(others.map(() => answerOf(model, asked)));
    });

    test('rejects when its caller has given up or does', async ({ source, disturb }) => {
      const signal = AbortSignal.abort();
      expect(await codeOfRejection(source.predict(createRequest({ signal })))).toBe('aborted');
      await disturb?.('hang');
      for (const cache of ['use', 'ignore'] as const) {
        const caller = new AbortController();
        const given = source.predict(createRequest({ cache, signal: caller.signal }));
        caller.abort();
        expect(await codeOfRejection(given)).toBe('aborted');
      }
    });

    test('rejects with an SdkError when the service fails, and remembers no failure', async ({
      source,
      disturb,
      model,
    }) => {
      if (disturb === undefined) return;
      const asked = createRequest();
      await disturb('fail');
      await codeOfRejection(source.predict(asked));
      await codeOfRejection(source.predict({ ...asked, cache: 'ignore' }));
      await disturb(null);
      expect((await predict(source, asked)).variationId).toBe(answerOf(model, asked));
    });

    test('ends what is under way when it is closed, which it may be twice and at once', async ({ source, disturb }) => {
      if (source.close === undefined) return;
      await disturb?.('hang');
      const ended = settled(source.predict(createRequest()));
      const close = async (): Promise<void> => inTime(Promise.resolve(source.close?.()));
      await Promise.all([close(), close()]);
      await close();
      await ended;
      expect(await codeOfRejection(source.predict(createRequest()))).toBe('closed');
    });

    test('serves a client', async ({ source, model }) => {
      model.predict = ({ attributes }) => (attributes.get('plan id') === 'pro' ? 'pro variation' : 'other variation');
      const client = createClient({
        config: createStaticConfig({ datafile: BANDIT }),
        cmab: source,
        events: null,
        logger: false,
      });
      const user = client.createUserContext(newName(), { plan: 'pro' });
      expect(await inTime(user.decideAsync('flag'))).toMatchObject({ variationKey: 'pro', ruleKey: 'bandit' });
      user.setAttribute('plan', 'free');
      expect(await inTime(user.decideAsync('flag'))).toMatchObject({ variationKey: 'other', ruleKey: 'bandit' });
      expect(model.asked).toBe(2);
      expect(client.stats().problems).toEqual({});
      await inTime(client.close());
    });
  });
}

/** One flag, whose only rule is a bandit that sees the plan. */
const BANDIT = {
  version: '4',
  revision: '1',
  attributes: [{ id: 'plan id', key: 'plan' }],
  experiments: [
    {
      id: 'bandit id',
      key: 'bandit',
      status: 'Running',
      layerId: '1',
      audienceIds: [],
      variations: ['pro', 'other'].map((key) => ({ id: `${key} variation`, key, featureEnabled: true })),
      trafficAllocation: [],
      cmab: { attributeIds: ['plan id'], trafficAllocation: 10_000 },
    },
  ],
  rollouts: [],
  featureFlags: [{ id: '1', key: 'flag', experimentIds: ['bandit id'], rolloutId: '', variables: [] }],
};

function createRequest(changes: Partial<CmabRequest> = {}): CmabRequest {
  return { userId: newName(), ruleId: 'rule', attributes: new Map([['plan', 'pro']]), cache: 'use', ...changes };
}

function predict(source: CmabSource, request: CmabRequest): ReturnType<CmabSource['predict']> {
  return inTime(source.predict(request));
}

/** Returns a different text for each request. */
function answerOf({ edition }: Model, { userId, ruleId, attributes }: AskedPrediction): string {
  const sorted = [...attributes].sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([edition, userId, ruleId, sorted]);
}
