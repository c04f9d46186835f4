/** Tests of a contract suite: each gets a new object under test, which is closed after the test. */
import { it } from 'vitest';

/** Adds a test to the suite. */
export type TestWith<Under> = (what: string, run: (under: Under) => Promise<void>) => void;

/**
 * @param close Called after each test, also after a failed one.
 * @param timeoutMs What vitest is configured with by default.
 */
export function createTestWith<Under>(
  create: () => Under | Promise<Under>,
  close: (under: Under) => unknown,
  timeoutMs?: number,
): TestWith<Under> {
  return (what, run) => {
    async function runOnce(): Promise<void> {
      const under = await create();
      try {
        await run(under);
      } finally {
        await close(under);
      }
    }
    it(what, runOnce, timeoutMs);
  };
}
