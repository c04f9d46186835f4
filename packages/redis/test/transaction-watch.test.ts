import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { watchTransaction } from '../src/transaction-watch.ts';

function client() {
  const sendCommand = vi.fn((..._call: unknown[]) => 'sent');
  return { made: Object.assign(new EventEmitter(), { sendCommand }), sendCommand };
}

describe('a watch for transactions', () => {
  it.each([
    ['node-redis', (name: string) => [name, 'key']],
    ['ioredis', (name: string) => ({ name: name.toLowerCase() })],
  ])('is open between MULTI and EXEC or DISCARD, in the form of %s', async (_, command) => {
    for (const ending of ['EXEC', 'DISCARD']) {
      const { made, sendCommand } = client();
      const watch = watchTransaction(made);
      expect(made.sendCommand(command('SET'), 'more')).toBe('sent');
      expect(sendCommand).toHaveBeenLastCalledWith(command('SET'), 'more');
      expect(watch.isOpen()).toBe(false);
      made.sendCommand(command('MULTI'));
      made.sendCommand(command('SET'));
      expect(watch.isOpen()).toBe(true);
      const ended = watch.ended();
      made.sendCommand(command(ending));
      await ended;
      expect(watch.isOpen()).toBe(false);
    }
  });

  it('ends with the connection', async () => {
    const { made } = client();
    const watch = watchTransaction(made);
    made.sendCommand(['MULTI']);
    const ended = watch.ended();
    made.emit('close');
    await ended;
    expect(watch.isOpen()).toBe(false);
  });

  it('wraps a client once, and leaves it as it was when the last watch has gone', () => {
    const { made, sendCommand } = client();
    const watches = [watchTransaction(made), watchTransaction(made)];
    expect(made.sendCommand).not.toBe(sendCommand);
    watches[0]?.unwatch();
    watches[0]?.unwatch();
    expect(made.sendCommand).not.toBe(sendCommand);
    watches[1]?.unwatch();
    expect(made.sendCommand).toBe(sendCommand);
    expect(made.eventNames()).toEqual([]);
  });

  it('leaves no property of its own on a client that has the method from its class', () => {
    class Client {
      sendCommand(): string {
        return 'sent';
      }
    }
    const made = new Client();
    const watch = watchTransaction(made);
    expect(made.sendCommand()).toBe('sent');
    watch.unwatch();
    expect(Object.getOwnPropertyNames(made)).toEqual([]);
  });

  it('leaves frozen clients and the nodes of clusters alone', () => {
    const frozen = Object.freeze({ sendCommand: () => 'sent' });
    expect(watchTransaction(frozen).isOpen()).toBe(false);
    const cluster = { sendCommand: () => 'sent', masters: [] };
    const { sendCommand } = cluster;
    watchTransaction(cluster);
    expect(cluster.sendCommand).toBe(sendCommand);
  });
});
