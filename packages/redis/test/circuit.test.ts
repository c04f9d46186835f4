import { describe, expect, it, vi } from 'vitest';
import { createCircuit } from '../src/circuit.ts';

function circuit() {
  const host = { onOpen: vi.fn(), onClose: vi.fn() };
  return { ...host, circuit: createCircuit(host) };
}

describe('a circuit', () => {
  it('opens at the fifth failure in a row, and says so once', () => {
    const { circuit: made, onOpen } = circuit();
    for (let index = 0; index < 4; index += 1) made.failed('no');
    expect(made.isOpen).toBe(false);
    made.failed('last');
    expect(made.isOpen).toBe(true);
    made.failed('more');
    expect(onOpen.mock.calls).toEqual([['last']]);
  });

  it('forgets failures at a success', () => {
    const { circuit: made } = circuit();
    for (let index = 0; index < 20; index += 1) {
      made.failed('no');
      if (index % 4 === 3) made.succeeded();
    }
    expect(made.isOpen).toBe(false);
  });

  it('closes at a success, and opens again after five more failures', () => {
    const { circuit: made, onClose } = circuit();
    made.trip('lost');
    made.succeeded();
    expect([made.isOpen, onClose.mock.calls.length]).toEqual([false, 1]);
    for (let index = 0; index < 4; index += 1) made.failed('no');
    expect(made.isOpen).toBe(false);
  });

  it('opens at the next failure when it is only tried again', () => {
    const { circuit: made } = circuit();
    made.trip('lost');
    made.tryAgain();
    expect(made.isOpen).toBe(false);
    made.failed('still');
    expect(made.isOpen).toBe(true);
  });
});
