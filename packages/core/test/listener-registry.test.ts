import { expect, it } from 'vitest';
import { createListenerRegistry } from '../src/internal.ts';

interface Events {
  ping: number;
  pong: string;
}

it('calls the listeners of an event in the order they came', () => {
  const heard: unknown[] = [];
  const registry = createListenerRegistry<Events>(() => undefined);
  registry.on('ping', (value) => heard.push(['first', value]));
  registry.on('ping', (value) => heard.push(['second', value]));
  expect([registry.emit('ping', 1), registry.emit('pong', 'x')]).toEqual([true, false]);
  expect(heard).toEqual([
    ['first', 1],
    ['second', 1],
  ]);
});

it('a function that is added twice is two listeners, each with its own way out', () => {
  let calls = 0;
  const registry = createListenerRegistry<Events>(() => undefined);
  const listener = () => {
    calls += 1;
  };
  const remove = registry.on('ping', listener);
  registry.on('ping', listener);
  expect([remove(), remove(), registry.count('ping')]).toEqual([true, false, 1]);
  registry.emit('ping', 1);
  expect(calls).toBe(1);
});

it('failures go to the owner, and the other listeners are called', async () => {
  const failures: unknown[] = [];
  const registry = createListenerRegistry<Events>((event, cause) => failures.push([event, cause]));
  let called = false;
  registry.on('ping', () => {
    throw new Error('thrown');
  });
  registry.on('ping', async () => {
    throw new Error('rejected');
  });
  registry.on('ping', () => {
    called = true;
  });
  registry.emit('ping', 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(called).toBe(true);
  expect(failures).toEqual([
    ['ping', new Error('thrown')],
    ['ping', new Error('rejected')],
  ]);
});

it('a listener that another one removes is not called any more, and clear removes all', () => {
  const heard: string[] = [];
  const registry = createListenerRegistry<Events>(() => undefined);
  registry.on('ping', () => remove());
  const remove = registry.on('ping', () => heard.push('second'));
  registry.on('ping', () => registry.clear());
  registry.on('ping', () => heard.push('last'));
  registry.emit('ping', 1);
  expect([heard, registry.count('ping')]).toEqual([[], 0]);
});
