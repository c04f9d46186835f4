import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { watchClient } from '../src/watch-client.ts';

describe('watchClient', () => {
  it('tells every listener of lost connections and of new ones', () => {
    const client = new EventEmitter();
    const listeners = [1, 2].map(() => ({ onLost: vi.fn(), onReady: vi.fn() }));
    for (const listener of listeners) watchClient(client, listener);
    for (const event of ['ready', 'close', 'reconnecting', 'end', 'ready']) client.emit(event);
    for (const { onLost, onReady } of listeners) {
      expect([onLost.mock.calls.length, onReady.mock.calls.length]).toEqual([3, 2]);
    }
  });

  it('[LIFE-04] listens once however many there are, and not at all when the last has gone', () => {
    const client = new EventEmitter();
    const listener = { onLost: vi.fn(), onReady: vi.fn() };
    const ways = Array.from({ length: 100 }, () => watchClient(client, { ...listener }));
    expect(client.listenerCount('close')).toBe(1);
    for (const unwatch of [...ways, ...ways]) unwatch();
    expect(client.eventNames()).toEqual([]);
  });

  it('takes an error of a client that says it is not ready for a lost connection', () => {
    const client = Object.assign(new EventEmitter(), { isReady: true });
    const listener = { onLost: vi.fn(), onReady: vi.fn() };
    const unwatch = watchClient(client, listener);
    client.emit('error', new Error('about something else'));
    expect(listener.onLost).not.toHaveBeenCalled();
    client.isReady = false;
    client.emit('error', new Error('ECONNREFUSED'));
    expect(listener.onLost).toHaveBeenCalledTimes(1);
    unwatch();
    expect(client.eventNames()).toEqual([]);
  });

  it('leaves errors alone where a client says nothing of being ready', () => {
    const client = new EventEmitter();
    watchClient(client, { onLost: vi.fn(), onReady: vi.fn() });
    expect(client.listenerCount('error')).toBe(0);
  });

  it('has nothing to listen to in an object without events', () => {
    expect(watchClient({ command: () => undefined }, { onLost: vi.fn(), onReady: vi.fn() })()).toBeUndefined();
  });
});
