import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createRedisProfileStore } from '../src/index.ts';

describe('the client of a store', () => {
  it('[LIFE-04] is as it was before when the store is closed', () => {
    const sendCommand = async () => [];
    const client = Object.assign(new EventEmitter(), { sendCommand });
    const store = createRedisProfileStore({ client });
    expect(client.listenerCount('ready')).toBe(1);
    store.close?.();
    expect(client.eventNames()).toEqual([]);
    expect(client.sendCommand).toBe(sendCommand);
  });
});
