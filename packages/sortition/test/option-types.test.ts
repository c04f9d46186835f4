/** Compiled with `exactOptionalPropertyTypes`, and that is most of the test: what may be absent may be `undefined`. */
import { expect, expectTypeOf, it } from 'vitest';
import type {
  ConfigSource,
  EventSink,
  ForcedDecisionTarget,
  Odp,
  OdpEventInput,
  UserProfileStore,
} from '../src/index.ts';
import { createShopClient } from './recording.ts';

/** As an application has them that read them from somewhere. */
const settings: { timeoutMs?: number; ruleKey?: string; signal?: AbortSignal } = {};
const { timeoutMs, ruleKey, signal } = settings;

it('options that are undefined are absent', async () => {
  const client = createShopClient();
  await client.ready({ timeoutMs, signal });
  const user = client.createUserContext('ada');
  await user.load({ profile: undefined, segments: undefined, timeoutMs, signal });
  expect(await user.fetchQualifiedSegments({ use: undefined, timeoutMs, signal })).toBe(false);
  const target: ForcedDecisionTarget = { flagKey: 'split', ruleKey };
  expect(user.setForcedDecision(target, { variationKey: 'left' })).toBe(true);
  expect(user.getForcedDecision({ flagKey: 'split' })).toEqual({ variationKey: 'left' });
  client.sendOdpEvent({ action: 'seen', type: undefined, identifiers: undefined, data: undefined });
  const nothing = { delivered: 0, dropped: 0, pending: 0 };
  expect(await client.flush({ timeoutMs })).toEqual(nothing);
  expect(await client.close({ timeoutMs })).toEqual(nothing);
});

it('options of ports may be undefined as well', () => {
  type Undefined = { timeoutMs: undefined };
  expectTypeOf<[Undefined]>().toExtend<Parameters<NonNullable<EventSink['flush']>>>();
  expectTypeOf<[Undefined]>().toExtend<Parameters<NonNullable<EventSink['close']>>>();
  expectTypeOf<[Undefined]>().toExtend<Parameters<NonNullable<Odp['close']>>>();
  expectTypeOf<[Undefined]>().toExtend<Parameters<NonNullable<UserProfileStore['flush']>>>();
  expectTypeOf<[Undefined & { signal: undefined }]>().toExtend<Parameters<NonNullable<ConfigSource['refresh']>>>();
  expectTypeOf<{ sync: undefined }>().toExtend<UserProfileStore>();
  expectTypeOf<{ action: string; type: undefined }>().toExtend<OdpEventInput>();
});
