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
 * @typedef {object} CompareOptions
 * @property {number} [rounds]
 * @property {number} [batchMs]
 * @property {boolean} [inTurns] Each operation gets a turn of the event loop, as work that leaves promises behind does in an
 *   application; without one, everything the promises hold would stay alive to the end.
 */

/**
 * @param {Contestant} fast
 * @param {Contestant} slow
 * @param {CompareOptions} [options]
 * @returns {Promise<Comparison>}
 */
export async function compare(fast, slow, { rounds = 31, batchMs = 12, inTurns = false } = {}) {
  const fastSize = await batchSize(fast, batchMs, inTurns);
  const slowSize = await batchSize(slow, batchMs, inTurns);
  const perOp = { fast: /** @type {number[]} */ ([]), slow: /** @type {number[]} */ ([]) };
  const ratios = [];
  for (let round = 0; round < rounds; round += 1) {
    // The order alternates, so that neither always runs on the caches the other left.
    const first = round % 2 === 0;
    const a = first ? await nsPerOperation(fast, fastSize, inTurns) : 0;
    const b = await nsPerOperation(slow, slowSize, inTurns);
    const nsFast = first ? a : await nsPerOperation(fast, fastSize, inTurns);
    perOp.fast.push(nsFast);
    perOp.slow.push(b);
    ratios.push(b / nsFast);
  }
  return { ratio: median(ratios), nsFast: median(perOp.fast), nsSlow: median(perOp.slow) };
}

/**
 * @param {Contestant} contestant
 * @param {number} count
 * @param {boolean} inTurns
 */
async function nsPerOperation({ run }, count, inTurns) {
  let ns = 0;
  let start = process.cpuUsage();
  for (let index = 0; index < count; index += 1) {
    sink.last = run();
    if (!inTurns) continue;
    ns += nsSince(start);
    await new Promise((resolve) => setImmediate(resolve));
    start = process.cpuUsage();
  }
  return (inTurns ? ns : nsSince(start)) / count;
}

/**
 * @param {NodeJS.CpuUsage} start
 * @returns {number} Processor time since then.
 */
function nsSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) * 1_000;
}

/**
 * Warms up and finds how many operations fill a batch.
 *
 * @param {Contestant} contestant
 * @param {number} batchMs
 * @param {boolean} inTurns
 */
async function batchSize(contestant, batchMs, inTurns) {
  warmUp(contestant);
  let count = 1;
  for (;;) {
    const ns = (await nsPerOperation(contestant, count, inTurns)) * count;
    if (ns > batchMs * 1e6) return Math.max(1, Math.round((count * batchMs * 1e6) / ns));
    count *= 2;
  }
}

/** @param {Contestant} contestant */
function warmUp({ run }) {
  const until = performance.now() + WARM_UP_MS;
  while (performance.now() < until) sink.last = run();
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Bytes allocated per operation: heap growth over a run short enough to be without a collection most of the time.
 *
 * No collection is asked for: it would take objects the compiler relied on, and what it had optimised with them.
 *
 * @param {Contestant} contestant
 * @param {number} [count]
 */
export function bytesPerOperation(contestant, count = 100) {
  const { run } = contestant;
  const samples = [];
  for (let sample = 0; sample < 15; sample += 1) {
    warmUp(contestant);
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < count; index += 1) sink.last = run();
    samples.push((process.memoryUsage().heapUsed - before) / count);
  }
  return median(samples);
}
