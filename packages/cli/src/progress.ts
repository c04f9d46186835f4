/** Progress of long work, on standard error: a bar on a terminal, a line now and then in a log. */
import { setImmediate } from 'node:timers/promises';
import { hasColour, tell } from './terminal.ts';

/** Between two lines in a log; shorter work says nothing. */
const LINE_EVERY_MS = 5_000;
/** How much is done between two looks at the clock. */
const SLICE = 1_000;

/**
 * Does one thing after the other and shows how far it is. The event loop runs in between, so that Ctrl+C and the bar work.
 *
 * @param what Such as `Simulating users`.
 */
export async function eachWithProgress<T>(what: string, items: readonly T[], work: (item: T) => void): Promise<void> {
  const bar = await createBar(what, items.length);
  for (let start = 0; start < items.length; start += SLICE) {
    const slice = items.slice(start, start + SLICE);
    for (const item of slice) work(item);
    bar.advance(slice.length);
    await setImmediate();
  }
  bar.end();
}

interface Bar {
  advance(steps: number): void;
  end(): void;
}

async function createBar(what: string, total: number): Promise<Bar> {
  let done = 0;
  if (!hasColour(process.stderr)) {
    let last = performance.now();
    return {
      advance(steps) {
        done += steps;
        if (performance.now() - last < LINE_EVERY_MS) return;
        last = performance.now();
        tell(`${what}: ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')}`);
      },
      end: () => undefined,
    };
  }
  const { progress } = await import('@clack/prompts');
  const bar = progress({ max: total, output: process.stderr });
  bar.start(what);
  return {
    advance: (steps) => bar.advance(steps),
    end: () => bar.clear(),
  };
}
