/**
 * Runs before every test file. Two kinds of damage show up far from their cause, so they are looked for after every
 * test: a rejected promise without a handler, and a key of foreign input that reached a built-in prototype.
 */
import { afterAll, afterEach, expect } from 'vitest';

// Kept from before any test replaces the timers with its own.
const { setImmediate } = globalThis;

/** @type {unknown[]} */
const rejections = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

const prototypes = { 'Object.prototype': Object.prototype, 'Array.prototype': Array.prototype };
const keysBefore = keysOfPrototypes();

afterEach(() => {
  expect(keysOfPrototypes(), 'a built-in prototype was changed').toEqual(keysBefore);
});

afterAll(async () => {
  // Node reports a rejection after the microtasks of its turn: two turns let the last test's report arrive.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  if (rejections.length > 0) {
    throw new AggregateError(
      rejections,
      `${rejections.length} unhandled rejection(s): ${rejections.map(String).join('; ')}`,
    );
  }
});

function keysOfPrototypes() {
  return Object.fromEntries(
    Object.entries(prototypes).map(([name, prototype]) => [name, Reflect.ownKeys(prototype).map(String).sort()]),
  );
}
