/**
 * How much is tried, and how it is tried again: a short slice with every test run, more by command, and always with a seed
 * that is printed.
 */

/** Parameters of a run. */
export interface FuzzRun {
  readonly seed: number;
  /** Times the short slice. */
  readonly factor: number;
}

/** Reads `FUZZ_SEED` and `FUZZ_FACTOR`, which `pnpm fuzz` sets; prints how to do the same again. */
export function startFuzzRun(target: string): FuzzRun {
  const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const factor = Number(process.env.FUZZ_FACTOR ?? 1);
  console.log(`fuzzing ${target}; again: pnpm fuzz ${target} --seed ${seed} --factor ${factor}`);
  return { seed, factor };
}

/** Ten times what anything may take, in ms of work. */
const HANG_MS = 1_000;

/**
 * Begins to measure a piece of work; call what it returns with the work done, and it throws when that took too long. What
 * counts is the work of this process, not the time it waited for a busy machine; what never ends is ended at the test's
 * own deadline.
 */
export function startBound(): () => void {
  const start = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    const ms = Math.min(performance.now() - start, (user + system) / 1_000);
    if (ms >= HANG_MS) throw new Error(`It took ${ms.toFixed(0)} ms; less than ${HANG_MS} were allowed.`);
  };
}
