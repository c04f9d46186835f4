/** Simulates visitors with one button and shows how far that is. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { SimulationProgress } from '../../api/simulation-progress.ts';
import { useLab } from '../lab/lab-session.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { formatCount } from '../parts/format.ts';

const VISITORS = 10_000;

/** @param props.simulation Comes with the figures, so that both are of one moment; `undefined` before the first. */
export function SimulationPanel({ simulation }: { simulation: SimulationProgress | null | undefined }): JSX.Element {
  const { api, notice } = useLab();
  const isRunning = simulation?.state === 'running';
  const isStarting = useSignal(false);
  const start = async () => {
    isStarting.value = true;
    await api.startSimulation(VISITORS).catch((error: unknown) => {
      notice.value = { tone: 'bad', text: `No visitors were simulated. ${sentenceOf(error)}` };
    });
    isStarting.value = false;
  };
  return (
    <section class="card simulation" aria-label="Simulation">
      <button type="button" onClick={start} disabled={isRunning || isStarting.value}>
        Simulate {formatCount(VISITORS)} visitors
      </button>
      <div class="simulation-progress">
        <progress max={simulation?.total ?? VISITORS} value={simulation?.done ?? 0} aria-label="Simulated visitors" />
        <p class="small soft" role="status">
          {describe(simulation)}
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
