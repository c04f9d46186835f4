/** Fast motion: timers and clocks of the process that go as fast as the work between them allows. */
import FakeTimers from '@sinonjs/fake-timers';
import { createRandom } from './random.ts';

/** Time that only `advance` moves. One at a time in a process. */
export interface VirtualTime {
  /** Runs everything that is due in the next `ms`. */
  advance(ms: number): Promise<void>;
  /** Gives the real timers and clocks back. */
  end(): void;
}

/**
 * Replaces timers, clocks and chance. What waits for a file, a socket or another process does not see the new time.
 *
 * @param seed Runs with one seed are the same.
 */
export function startVirtualTime(seed: number): VirtualTime {
  const drain = globalThis.setImmediate;
  const chance = Math.random;
  Math.random = createRandom(seed);
  const clock = FakeTimers.install({
    now: Date.UTC(2026, 0, 1),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  return {
    async advance(ms) {
      let isOver = false;
      clock.setTimeout(() => {
        isOver = true;
      }, ms);
      while (!isOver) {
        clock.next();
        // Whatever the timer has begun goes on until it waits for time again.
        await new Promise<void>((resolve) => drain(resolve));
      }
    },
    end() {
      clock.uninstall();
      Math.random = chance;
    },
  };
}
