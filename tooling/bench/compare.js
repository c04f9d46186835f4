/**
 * Comparing contestants in one process: short batches in turn, a ratio per round, the median of the ratios.
 *
 * Absolute times drift with the machine; what two contestants need within the same few milliseconds does not, so only
 * ratios are reported. What is measured is processor time, garbage collection included, so that other programs on the
 * machine do not count.
 */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => unknown} run One operation.
 */

/**
 * @typedef {object} Comparison
 * @property {number} ratio Median over rounds of: time of `slow` / time of `fast`.
 * @property {number} nsFast Median nanoseconds per operation, to give an idea only.
 * @property {number} nsSlow
 */

/** Long enough for the optimising compiler to settle. */
const WARM_UP_MS = 400;

/** What results are kept in, so that no engine drops the work. */
export const sink = { last: /** @type {unknown} */ (undefined) };

/**
 * @param {Contestant} fast
 * @param {Contestant} slow
 * @param {{ rounds?: number, batchMs?: number }} [options]
 * @returns {Comparison}
 */
export function compare(fast, slow, { rounds = 31, batchMs = 12 } = {}) {
  const sizes = [fast, slow].map((contestant) => batchSize(contestant, batchMs));
  const [fastSize, slowSize] = /** @type {[number, number]} */ (sizes);
  const perOp = { fast: /** @type {number[]} */ ([]), slow: /** @type {number[]} */ ([]) };
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) {
    // The order alternates, so that neither always runs on the caches the other left.
    const first = round % 2 === 0;
    const a = first ? nsPerOperation(fast, fastSize) : 0;
    const b = nsPerOperation(slow, slowSize);
    const nsFast = first ? a : nsPerOperation(fast, fastSize);
    perOp.fast.push(nsFast);
    perOp.slow.push(b);
    ratios.push(b / nsFast);
  }
  return { ratio: median(ratios), nsFast: median(perOp.fast), nsSlow: median(perOp.slow) };
}

/**
 * @param {Contestant} contestant
 * @param {number} count
 */
function nsPerOperation({ run }, count) {
  const start = process.cpuUsage();
  for (let index = 0; index < count; index += 1) sink.last = run();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1_000) / count;
}

/**
 * Warms up and finds how many operations fill a batch.
 *
 * @param {Contestant} contestant
 * @param {number} batchMs
 */
function batchSize(contestant, batchMs) {
  const until = performance.now() + WARM_UP_MS;
  while (performance.now() < until) sink.last = contestant.run();
  let count = 1;
  for (;;) {
    const ns = nsPerOperation(contestant, count) * count;
    if (ns > batchMs * 1e6) return Math.max(1, Math.round((count * batchMs * 1e6) / ns));
    count *= 2;
  }
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Bytes allocated per operation: heap growth over a run short enough not to need a collection.
 *
 * @param {Contestant} contestant
 * @param {number} [count]
 */
export function bytesPerOperation({ run }, count = 400) {
  const collect = globalThis.gc;
  if (!collect) throw new Error('Run node with --expose-gc.');
  for (let index = 0; index < 20_000; index += 1) sink.last = run();
  const samples = [];
  for (let sample = 0; sample < 7; sample += 1) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < count; index += 1) sink.last = run();
    samples.push((process.memoryUsage().heapUsed - before) / count);
  }
  return median(samples);
}
