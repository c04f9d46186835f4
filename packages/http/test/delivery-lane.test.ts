import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDeliveryLane } from '../src/index.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const none = () => undefined;
const lane = {
  isSameContext: () => true,
  requestTimeoutMs: 1_000,
  waitUntil: none,
  onDelivered: none,
  onDropped: none,
};
const item = { text: 'x', number: 0 };

test('a lane that is stopped while it is told of a request that never ended sends nothing any more', async () => {
  const send = vi.fn(() => new Promise<never>(none));
  const onRetry = vi.fn(() => stopped.stop());
  const stopped = createDeliveryLane({ ...lane, batchSize: 1, flushIntervalMs: 100, send, onRetry });
  for (let i = 0; i < 5; i += 1) stopped.add('A', item);
  await vi.advanceTimersByTimeAsync(100);
  const sent = send.mock.calls.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(onRetry).toHaveBeenCalled();
  expect(send).toHaveBeenCalledTimes(sent);
});

test('what was kept when a page was left is sent with the next item, and without one when the interval ends', async () => {
  for (const next of [1_000, 60_000]) {
    const send = vi.fn(async () => ({ status: 204, text: '', header: () => null }));
    const left = createDeliveryLane({ ...lane, batchSize: 10, flushIntervalMs: 30_000, send, onRetry: none });
    left.add('A', item);
    left.handOver(() => 'kept');
    await vi.advanceTimersByTimeAsync(next);
    if (next < 30_000) left.add('A', item);
    await vi.advanceTimersByTimeAsync(0);
    expect(send).toHaveBeenCalledTimes(1);
    left.stop();
  }
});
