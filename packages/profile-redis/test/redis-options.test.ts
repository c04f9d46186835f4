import { isSdkError } from '@sortition/core';
import { describe, expect, it, vi } from 'vitest';
import { createRedisProfileStore, type RedisProfileStoreOptions } from '../src/index.ts';

const client = { command: async () => null };

function refusal(options: unknown): string {
  try {
    createRedisProfileStore(options as RedisProfileStoreOptions);
  } catch (error) {
    expect(isSdkError(error) && error.code).toBe('invalid-option');
    return (error as Error).message;
  }
  throw new Error('the options were accepted');
}

describe('the options of a Redis store', () => {
  it.each([
    [{ client: undefined }, '"client"', 'got undefined'],
    [{ client: null }, '"client"', 'got null'],
    [{ client: {} }, '"client"', 'got an object'],
    [{ client: 'redis://127.0.0.1' }, '"client"', 'got a string'],
    [{ prefix: 7 }, '"prefix"', 'got 7'],
    [{ prefix: null }, '"prefix"', 'got null'],
    [{ ttlSeconds: 0 }, '"ttlSeconds"', 'got 0'],
    [{ ttlSeconds: -1 }, '"ttlSeconds"', 'got -1'],
    [{ ttlSeconds: 1.5 }, '"ttlSeconds"', 'got 1.5'],
    [{ ttlSeconds: Number.NaN }, '"ttlSeconds"', 'got NaN'],
    [{ ttlSeconds: 2 ** 31 }, '"ttlSeconds"', 'got 2147483648'],
    [{ ttlSeconds: '60' }, '"ttlSeconds"', 'got a string'],
    [{ layout: 'xml' }, '"layout"', 'got a string'],
    [{ timeoutMs: 0 }, '"timeoutMs"', 'got 0'],
    [{ timeoutMs: Number.NaN }, '"timeoutMs"', 'got NaN'],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, '"timeoutMs"', 'got Infinity'],
    [{ timeoutMs: '200' }, '"timeoutMs"', 'got a string'],
  ])('%o are refused by name, with what was expected and what came', (options, name, got) => {
    const message = refusal({ client, ...options });
    expect(message).toContain(name);
    expect(message).toContain(got);
    expect(message).toContain('must be');
  });

  it('are refused when there are none', () => {
    expect(refusal(undefined)).toContain('an object with options such as { client }');
  });

  it('may leave everything but the client out', () => {
    expect(createRedisProfileStore({ client, ttlSeconds: null, prefix: '', timeoutMs: 1, layout: 'json' }).sync).toBe(
      false,
    );
  });

  it('are told once to each client of the SDK when they are unknown', () => {
    const problem = vi.fn();
    createRedisProfileStore({ client, timeout: 5 } as RedisProfileStoreOptions).attach?.({ problem });
    expect(problem.mock.calls).toEqual([
      [expect.objectContaining({ code: 'unknown-option', message: expect.stringContaining('"timeoutMs"') })],
    ]);
  });
});
