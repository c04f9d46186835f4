/** Simulates visitors with one button and shows how far that is. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { SimulationProgress } from '../../api/simulation-progress.ts';
import { useLab } from '../lab/lab-session.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { formatCount } from '../parts/format.ts';
import { useLoaded } from '../parts/use-loaded.ts';

const VISITORS = 10_000;
const POLL_MS = 500;
/** Somebody else may have started one. */
const IDLE_POLL_MS = 3_000;

export function SimulationPanel(): JSX.Element {
  const { api, notice } = useLab();
  const isRunning = useSignal(false);
  const {
    value: simulation,
    failure,
    reload,
  } = useLoaded(api.fetchSimulation, isRunning.value ? POLL_MS : IDLE_POLL_MS);
  useEffect(() => {
    isRunning.value = simulation?.state === 'running';
  }, [simulation, isRunning]);
  const isStarting = useSignal(false);
  const start = async () => {
    isStarting.value = true;
    await api.startSimulation(VISITORS).catch((error: unknown) => {
      notice.value = { tone: 'bad', text: `No visitors were simulated. ${sentenceOf(error)}` };
    });
    await reload();
    isStarting.value = false;
  };
  return (
    <section class="card simulation" aria-label="Simulation">
      <button type="button" class="primary" onClick={start} disabled={isRunning.value || isStarting.value}>
        Simulate {formatCount(VISITORS)} visitors
      </button>
      <div class="simulation-progress">
        <progress max={simulation?.total ?? VISITORS} value={simulation?.done ?? 0} aria-label="Simulated visitors" />
        <p class="small soft" role="status">
          {failure ?? describe(simulation)}
        </p>
      </div>
    </section>
  );
}

function describe(simulation: SimulationProgress | null | undefined): string {
  if (simulation === undefined) return ' ';
  if (simulation === null) return 'They visit, see flags, buy or leave; everything goes over real HTTP.';
  const { done, total, state, seconds, error } = simulation;
  if (state === 'running') return `${formatCount(done)} of ${formatCount(total)} visitors …`;
  if (state === 'failed')
    return `It failed after ${formatCount(done)} visitors: ${error ?? 'the lab does not say why'}.`;
  return `${formatCount(total)} visitors in ${seconds.toFixed(1)} s.`;
}
