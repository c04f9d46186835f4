/** What a run costs: processor time, and the heap that is in use after collections. */

/** Watches the process from now on. */
export interface Meter {
  /** Looks at the heap; costs a collection. */
  sample(): void;
  read(): { readonly heapMb: number; readonly cpuMs: number };
}

/** Starts watching. Without `--expose-gc` the heap is not looked at. */
export function startMeter(): Meter {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  const heapBefore = process.memoryUsage().heapUsed;
  let peak = heapBefore;
  let lookingMs = 0;
  const cpuBefore = process.cpuUsage();
  return {
    sample() {
      if (!collect) return;
      const before = process.cpuUsage();
      collect();
      peak = Math.max(peak, process.memoryUsage().heapUsed);
      const { user, system } = process.cpuUsage(before);
      lookingMs += (user + system) / 1_000;
    },
    read() {
      const { user, system } = process.cpuUsage(cpuBefore);
      return { heapMb: (peak - heapBefore) / 2 ** 20, cpuMs: (user + system) / 1_000 - lookingMs };
    },
  };
}
