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

/** Ten times what anything may take, in ms: a machine may be busy with much else, and a hang is for good. */
export const HANG_MS = 1_000;
