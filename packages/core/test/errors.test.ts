import { expect, it } from 'vitest';
import { isSdkError, SdkError } from '../src/index.ts';

it('carries code, message and cause', () => {
  const cause = new Error('socket closed');
  const error = new SdkError('request-failed', 'The request failed.', { cause });
  expect(error).toMatchObject({ name: 'SdkError', code: 'request-failed', message: 'The request failed.', cause });
  expect(error).toBeInstanceOf(Error);
  expect(Object.hasOwn(new SdkError('closed', 'x'), 'cause')).toBe(false);
  expect(Object.keys(error)).not.toContain('cause');
});

it('is recognised across copies of the package, not by its class', async () => {
  const copy: typeof import('../src/errors.ts') = await import(`../src/errors.ts?copy=${'other'}`);
  expect(copy.SdkError).not.toBe(SdkError);
  const foreign = new copy.SdkError('timeout', 'x');
  expect(foreign).not.toBeInstanceOf(SdkError);
  expect([isSdkError(foreign), copy.isSdkError(new SdkError('timeout', 'x'))]).toEqual([true, true]);
});

it.each([null, undefined, 'error', 7, new Error('x'), { code: 'timeout' }, Symbol('x'), () => undefined])(
  'a %s is none',
  (value) => {
    expect(isSdkError(value)).toBe(false);
  },
);

it('a value that refuses to be read is none', () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('no');
      },
    },
  );
  expect(isSdkError(hostile)).toBe(false);
});
