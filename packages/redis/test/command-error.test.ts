import { SdkError } from '@sortition/core';
import { describe, expect, it } from 'vitest';
import { hasReplyCode, isCommandError, isCommandRefused, toCommandError } from '../src/command-error.ts';

const ARGS = ['EVALSHA', 'a1b2c3', '1', 'sortition:profile:ada', '7000'];

function errorOf(message: string, more: object = {}): SdkError {
  return toCommandError(Object.assign(new Error(message), more), ARGS);
}

describe('the error of a command', () => {
  it.each([
    ["NOPERM this user has no permissions to run the 'evalsha' command", 'NOPERM'],
    ["ERR unsupported command 'EVALSHA'", 'ERR'],
    ['-ERR Proxy fail to parse command', 'ERR'],
    ['command evalsha is not allowed', null],
  ])('is a refusal for %j', (message, reply) => {
    const error = errorOf(message);
    expect(isCommandRefused(error)).toBe(true);
    expect(error).toMatchObject({ code: 'store-failed', command: 'EVALSHA', reply, isReply: true });
    expect(error.message).toContain('Redis refused EVALSHA: ');
  });

  it.each([
    'OOM command not allowed when used memory > maxmemory.',
    'READONLY You can’t write against a read only replica.',
    'LOADING Redis is loading the dataset in memory',
    'NOSCRIPT No matching script.',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'CLUSTERDOWN The cluster is down',
    'ERR Error running script (call to f_a1b2c3): @user_script:3: @user_script: 3: -OOM command not allowed',
  ])('is no refusal for %j, which another command would meet too', (message) => {
    const error = errorOf(message);
    expect(isCommandRefused(error)).toBe(false);
    expect(error).toMatchObject({ isReply: true });
  });

  it('takes the code of a command in a script for that of the script', () => {
    const wrapped = 'ERR Error running script (call to f_a): @user_script:3: WRONGTYPE Operation against a key';
    expect(hasReplyCode(errorOf(wrapped), 'WRONGTYPE')).toBe(true);
  });

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:6379', { code: 'ECONNREFUSED' }],
    ['Connection is closed.', {}],
    ['Reached the max retries per request limit (which is 20).', {}],
  ])('says that nothing was carried out when the server did not answer: %s', (message, more) => {
    const error = errorOf(message, more);
    expect(isCommandRefused(error)).toBe(false);
    expect(error).toMatchObject({ reply: null, isReply: false });
    expect(error.message).toContain('did not carry out EVALSHA');
  });

  it.each([
    "ERR unknown command 'EVALSHA', with args beginning with: 'a1b2c3' '1' 'sortition:profile:ada'",
    'ERR cannot route sortition:profile:ada',
    'ERR proxy redis://user:secret@host failed for 7000',
  ])('quotes neither arguments nor passwords: %s', (message) => {
    expect(errorOf(message).message).not.toMatch(/ada|a1b2c3|7000|secret/);
  });

  it('is of bounded length', () => {
    expect(errorOf(`ERR ${'x'.repeat(100_000)}`).message.length).toBeLessThan(300);
  });

  it.each([undefined, null, 7, 'text', {}, []])('is one for a client that rejects with %j', (cause) => {
    expect(toCommandError(cause, ARGS)).toMatchObject({ code: 'store-failed', isReply: false });
  });

  it('is one for a client that rejects with something that throws when it is read', () => {
    const unreadable = {
      get message(): string {
        throw new Error('no');
      },
    };
    expect(toCommandError(unreadable, ARGS)).toMatchObject({ code: 'store-failed', isReply: false });
  });

  it('leaves errors of our own as they are', () => {
    const timeout = new SdkError('timeout', 'Too slow.');
    expect(toCommandError(timeout, ARGS)).toBe(timeout);
    expect(isCommandError(timeout)).toBe(false);
  });
});
