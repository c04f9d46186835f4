/** Progress of long work, on standard error: a bar on a terminal, an occasional line in a log. */
import { setImmediate } from 'node:timers/promises';
import { hasColour, tell } from './terminal.ts';

/** Time between two lines in a log; shorter work logs nothing. */
const LINE_EVERY_MS = 5_000;
/** Number of items between two checks of the clock. */
const SLICE = 1_000;

/**
 * Processes items one by one and shows the progress. It yields to the event loop in between, so that Ctrl+C and the bar
 * work.
 *
 * @param what The work, such as `Simulating users`.
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
