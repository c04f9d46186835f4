import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRedisProfileStore } from '../src/index.ts';

const never = (): Promise<never> => new Promise(() => undefined);

describe('a store over any object with a method "command"', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('hands over the key for routing, and the whole command', async () => {
    const command = vi.fn(async () => ['e1', 'v1']);
    const store = createRedisProfileStore({ client: { command } });
    expect(await store.lookup?.('ada')).toEqual({
      user_id: 'ada',
      experiment_bucket_map: { e1: { variation_id: 'v1' } },
    });
    expect(command.mock.calls).toEqual([['sortition:profile:ada', ['HGETALL', 'sortition:profile:ada']]]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('ECONNREFUSED redis://user:secret@host');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('ECONNREFUSED redis://user:secret@host');
      },
    ],
  ])('%s: the error is ours and keeps secrets', async (_, command) => {
    const store = createRedisProfileStore({ client: { command: command as never } });
    const error = await Promise.resolve(store.lookup?.('ada')).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'store-failed' });
    expect(String(error)).not.toContain('secret');
  });

  it.each([null, 7, 'text', [], {}])('an answer of %j is no profile', async (answer) => {
    const store = createRedisProfileStore({ client: { command: async () => answer } });
    expect(await store.lookup?.('ada')).toBeNull();
  });

  it('an answer to a write that says nothing leaves the caller with its own', async () => {
    const store = createRedisProfileStore({ client: { command: async () => 'OK' } });
    expect(await store.assign?.('ada', { e1: { variationId: 'v1' } })).toEqual({ e1: 'v1' });
    expect(store.stats().unreadable).toBe(1);
  });

  it('[RED-06] a flush ends at its deadline while many wait and Redis is slow, and after close nothing is written', async () => {
    let isFull = true;
    const command = vi.fn(async (_key: string, args: readonly string[]) => {
      if (args[0] === 'HGETALL') return [];
      if (isFull) throw Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });
      await new Promise((resolve) => setTimeout(resolve, 150));
      return ['v1'];
    });
    const store = createRedisProfileStore({ client: { command } });
    for (let user = 0; user < 500; user += 1) await store.assign?.(`user-${user}`, { e1: { variationId: 'v1' } });
    expect(store.stats()).toMatchObject({ state: 'reads-only', waitingUsers: 500 });
    isFull = false;
    const flushed = vi.fn();
    void Promise.resolve(store.flush?.({ timeoutMs: 400 })).then(flushed);
    await vi.advanceTimersByTimeAsync(700);
    expect(flushed).toHaveBeenCalledTimes(1);
    const { waitingUsers } = store.stats();
    expect(waitingUsers).toBeGreaterThan(300);
    void store.flush?.({ timeoutMs: 60_000 });
    await vi.advanceTimersByTimeAsync(200);
    const left = store.stats().waitingUsers;
    await store.close?.();
    const commands = command.mock.calls.length;
    expect(store.stats()).toMatchObject({ waitingUsers: 0, droppedAssignments: left });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(command).toHaveBeenCalledTimes(commands);
  });

  it('[RED-06] assignments that fail after close are told of as lost, and wait for nothing', async () => {
    let fail: (error: Error) => void = () => undefined;
    const failing = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const command = vi.fn((_key: string, args: readonly string[]) =>
      args[0] === 'HGETALL' ? Promise.resolve([]) : failing,
    );
    const store = createRedisProfileStore({ client: { command } });
    const problem = vi.fn();
    store.attach?.({ problem });
    const assigned = Array.from({ length: 20 }, async (_, user) =>
      store.assign?.(`user-${user}`, { e1: { variationId: 'v1' } }),
    );
    const outcomes = Promise.allSettled(assigned);
    await vi.advanceTimersByTimeAsync(10);
    store.close?.();
    const commands = command.mock.calls.length;
    fail(new Error('Connection is closed.'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(new Set((await outcomes).map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(store.stats()).toMatchObject({ waitingUsers: 0, droppedAssignments: 20 });
    expect(problem.mock.calls.map(([{ code }]) => code)).toEqual(Array(20).fill('assignments-dropped'));
    const flushed = vi.fn();
    void Promise.resolve(store.flush?.()).then(flushed);
    await vi.advanceTimersByTimeAsync(0);
    expect(flushed).toHaveBeenCalledTimes(1);
    expect(command).toHaveBeenCalledTimes(commands);
  });

  it('[RED-03] a command ends at its timeout, and the next one soon after it', async () => {
    const store = createRedisProfileStore({ client: { command: never } });
    const first = Promise.resolve(store.lookup?.('ada')).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(199);
    const early = await Promise.race([first, Promise.resolve('waiting')]);
    expect(early).toBe('waiting');
    await vi.advanceTimersByTimeAsync(10);
    expect(await first).toMatchObject({ code: 'timeout' });
    const second = store.assign?.('ada', { e1: { variationId: 'v1' } });
    await vi.advanceTimersByTimeAsync(60);
    expect(await second).toEqual({ e1: 'v1' });
    expect(store.stats()).toMatchObject({ timeouts: 2, waitingUsers: 1 });
    store.close?.();
  });

  it('[RED-03] once the server is known not to answer, nobody waits for it any longer', async () => {
    const store = createRedisProfileStore({ client: { command: never } });
    const lookUp = (userId: string) =>
      Promise.resolve(store.lookup?.(userId)).then(
        () => 'found',
        ({ code }: { code: string }) => code,
      );
    const early = Array.from({ length: 5 }, (_, index) => lookUp(`early-${index}`));
    await vi.advanceTimersByTimeAsync(150);
    const late = Array.from({ length: 20 }, (_, index) => lookUp(`late-${index}`));
    const write = store.assign?.('late', { e1: { variationId: 'v1' } });
    await vi.advanceTimersByTimeAsync(60);
    expect(await Promise.all([...early, ...late])).toEqual(Array.from({ length: 25 }, () => 'timeout'));
    expect(await write).toEqual({ e1: 'v1' });
    expect(store.stats()).toMatchObject({ state: 'down', timeouts: 5, waitingUsers: 1 });
    store.close?.();
  });

  it('[RED-02] no more than ten thousand users wait, and those turned away are counted', async () => {
    const command = async (): Promise<never> => Promise.reject(new Error('ECONNREFUSED'));
    const store = createRedisProfileStore({ client: { command } });
    const problems: string[] = [];
    store.attach?.({ problem: ({ code }) => void problems.push(code) });
    for (let index = 0; index < 10_000; index += 1)
      await store.assign?.(`user-${index}`, { e1: { variationId: 'v1' } });
    await expect(store.assign?.('one-more', { e1: { variationId: 'v1' } })).rejects.toMatchObject({
      code: 'store-failed',
    });
    expect(await store.assign?.('user-7', { e1: { variationId: 'v2' } })).toEqual({ e1: 'v1' });
    expect(store.stats()).toMatchObject({ waitingUsers: 10_000, droppedAssignments: 1, state: 'down' });
    expect(problems.filter((code) => code === 'assignments-dropped')).toHaveLength(1);
    store.close?.();
    expect(store.stats().droppedAssignments).toBe(10_001);
  });

  it('[RED-03] while nothing answers a client is given a probe now and then, not a queue', async () => {
    const command = vi.fn(never);
    const store = createRedisProfileStore({ client: { command } });
    const ask = async (): Promise<void> => {
      const asking = Promise.resolve(store.lookup?.('ada')).catch(() => undefined);
      await vi.advanceTimersByTimeAsync(210);
      await asking;
    };
    for (let index = 0; index < 5; index += 1) await ask();
    expect(store.stats().state).toBe('down');
    command.mockClear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(command.mock.calls.length).toBeGreaterThan(3);
    expect(command.mock.calls.length).toBeLessThan(15);
    store.close?.();
    command.mockClear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(command).not.toHaveBeenCalled();
  });
});
