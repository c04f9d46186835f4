/** 200 workers decide while their Redis is killed, frozen, full and read-only. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { startRedisServer } from '@sortition/rig';
import { CLIENT_NAMES, type ClientName } from '../clients.ts';
import { createScene, EXPERIMENT, type Scene } from '../scene.ts';

const WORKERS = 200;
/** Between two decisions of one worker: together about 1,000 a second. */
const PAUSE_MS = 200;
const P99_LIMIT_MS = 10;
const MAX_LIMIT_MS = 300;
const HEALTHY_LIMIT_MS = 5_000;

/** One decision, made for a user of its own. */
interface Sample {
  readonly userId: string;
  readonly variationId: string;
  readonly tookMs: number;
}

interface Phase {
  readonly name: string;
  readonly samples: Sample[];
  /** How late timers were: what the machine itself adds. */
  readonly delay: IntervalHistogram;
}

/** Prints a table per client; resolves whether every limit was kept. */
export async function run([only]: readonly string[]): Promise<boolean> {
  let kept = true;
  for (const name of only ? [only as ClientName] : CLIENT_NAMES.slice(0, 2)) kept = (await runWith(name)) && kept;
  return kept;
}

async function runWith(clientName: ClientName): Promise<boolean> {
  const server = await startRedisServer();
  const master = await startRedisServer();
  const scene = createScene(server.port, { clientName });
  const phases: Phase[] = [];
  const begin = (name: string): void => {
    phases.at(-1)?.delay.disable();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    phases.push({ name, samples: [], delay });
  };
  const load = startLoad(scene, () => phases.at(-1) as Phase);
  begin('warming up');
  await pause(3_000);
  begin('none');
  await pause(4_000);

  const healthyMs = new Map<string, number>();
  const trouble = async (name: string, start: () => unknown, end: () => unknown): Promise<void> => {
    begin(`before: ${name}`);
    await start();
    begin(name);
    await pause(4_000);
    begin(`after: ${name}`);
    await end();
    healthyMs.set(name, await healthyAfter(scene));
    await pause(2_000);
  };
  const configure = (maxmemory: string) => () => server.command('CONFIG', 'SET', 'maxmemory', maxmemory);
  const replicate = (host: string, port: string) => () => server.command('REPLICAOF', host, port);
  await trouble('killed', server.kill, server.restart);
  await trouble('frozen', server.freeze, server.thaw);
  await trouble('out of memory', configure('1'), configure('0'));
  await trouble('read-only', replicate('127.0.0.1', String(master.port)), replicate('NO', 'ONE'));
  const thrown = await load.stop();

  const rows = [];
  let stored = true;
  for (const phase of phases.filter(({ name }) => name === 'none' || healthyMs.has(name))) {
    const missing = phase.name === 'none' ? 0 : await countMissing(scene, phase.samples);
    const tookMs = Math.round(healthyMs.get(phase.name) ?? 0);
    stored = stored && missing === 0 && tookMs <= HEALTHY_LIMIT_MS;
    rows.push({ ...summary(phase.name, [phase]), 'healthy again (ms)': tookMs, 'not in Redis': missing });
  }
  const whole = summary('whole run', phases.slice(1));
  console.log(`\n${clientName}: ${WORKERS} workers, each decides every ${PAUSE_MS} ms`);
  console.table([...rows, whole]);
  console.log(`${thrown} decisions lost or thrown, ${scene.store.stats().droppedAssignments} assignments dropped`);
  const kept = thrown === 0 && stored && whole['p99 (ms)'] <= P99_LIMIT_MS && whole['max (ms)'] <= MAX_LIMIT_MS;
  console.log(kept ? 'within the limits' : 'OUTSIDE THE LIMITS');
  await scene.close();
  await Promise.all([server.close(), master.close()]);
  return kept;
}

/** Workers that decide until they are stopped; `stop` resolves the decisions that were lost or thrown. */
function startLoad(scene: Scene, phaseNow: () => Phase): { stop(): Promise<number> } {
  let running = true;
  let thrown = 0;
  let users = 0;
  const work = async (worker: number): Promise<void> => {
    await pause((PAUSE_MS * worker) / WORKERS);
    while (running) {
      const { samples } = phaseNow();
      users += 1;
      const userId = `user-${users}`;
      try {
        const { decision, variationId, tookMs } = await scene.decide(userId);
        if (!decision.enabled) thrown += 1;
        samples.push({ userId, variationId, tookMs });
      } catch {
        thrown += 1;
      }
      // Workers that were held up together would stay together: their pauses differ.
      await pause(PAUSE_MS * (0.5 + Math.random()));
    }
  };
  const workers = Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  return {
    async stop() {
      running = false;
      await workers;
      return thrown;
    },
  };
}

async function healthyAfter({ store }: Scene): Promise<number> {
  const started = performance.now();
  while (store.stats().state !== 'up' || store.stats().waitingUsers > 0) {
    if (performance.now() - started > 30_000) return Number.POSITIVE_INFINITY;
    await pause(10);
  }
  return performance.now() - started;
}

async function countMissing({ stored }: Scene, samples: readonly Sample[]): Promise<number> {
  let missing = 0;
  for (const { userId, variationId } of samples) {
    if ((await stored(userId))[EXPERIMENT] !== variationId) missing += 1;
  }
  return missing;
}

type Summary = Record<'decisions' | 'p50 (ms)' | 'p99 (ms)' | 'max (ms)' | 'timers late, p99 (ms)', number> & {
  readonly outage: string;
};

function summary(outage: string, phases: readonly Phase[]): Summary {
  const sorted = phases.flatMap(({ samples }) => samples.map(({ tookMs }) => tookMs)).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const late = Math.max(...phases.map(({ delay }) => delay.percentile(99) / 1e6));
  return {
    outage,
    decisions: sorted.length,
    'p50 (ms)': Number(at(0.5).toFixed(2)),
    'p99 (ms)': Number(at(0.99).toFixed(1)),
    'max (ms)': Math.round(at(1)),
    'timers late, p99 (ms)': Math.round(late),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
