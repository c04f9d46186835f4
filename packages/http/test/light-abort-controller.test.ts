import { describe, expect, it, vi } from 'vitest';
import { LightAbortController } from '../src/index.ts';

describe('the light abort controller', () => {
  it.each([
    ['the platform', AbortController],
    ['Node', LightAbortController],
  ])('tells its listeners once, with the reason at hand, as that of %s', (_, Controller) => {
    const controller = new Controller();
    const { signal } = controller;
    const heard = vi.fn(() => expect(signal.reason).toBe('enough'));
    const left = vi.fn();
    signal.addEventListener('abort', heard);
    signal.addEventListener('abort', left);
    signal.removeEventListener('abort', left);
    expect(signal.aborted).toBe(false);
    controller.abort('enough');
    controller.abort('again');
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBe('enough');
    expect(heard).toHaveBeenCalledTimes(1);
    expect(left).not.toHaveBeenCalled();
  });
});
