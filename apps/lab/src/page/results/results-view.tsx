/** Results of an experiment: figures with their uncertainty, their course over time, and whether to trust the split. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback, useId } from 'preact/hooks';
import type { ExperimentResults } from '../../api/experiment-results.ts';
import type { ExperimentRow } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import { plural } from '../parts/format.ts';
import { Empty, Failure, Loading } from '../parts/message.tsx';
import { useLoaded } from '../parts/use-loaded.ts';
import { ViewHead } from '../parts/view-head.tsx';
import { linkTo, route } from '../route.ts';
import { RateChart } from './rate-chart.tsx';
import { ResultTable } from './result-table.tsx';
import { SampleRatioCard } from './sample-ratio-card.tsx';
import { SimulationPanel } from './simulation-panel.tsx';

const REFRESH_MS = 1_500;

export function ResultsView(): JSX.Element {
  const { api } = useLab();
  const { value: experiments, failure, reload } = useLoaded(api.fetchExperiments);
  return (
    <>
      <ViewHead
        title="Results"
        purpose="Counted by SQL over the collected events: who was exposed, who converted afterwards, and how sure that is."
      />
      <div class="stack">
        <SimulationPanel />
        {experiments !== undefined ? (
          <Experiments experiments={experiments} />
        ) : failure !== null ? (
          <Failure text={failure} retry={reload} />
        ) : (
          <Loading what="the experiments" />
        )}
      </div>
    </>
  );
}

function Experiments({ experiments }: { experiments: readonly ExperimentRow[] }): JSX.Element {
  const { api, project } = useLab();
  const experimentId = useId();
  const eventId = useId();
  const chosenEvent = useSignal<string | null>(null);
  const { selected } = route.value;
  const experiment = experiments.find(({ ruleId }) => ruleId === selected) ?? experiments[0];
  const eventKeys = project.value?.events ?? [];
  const eventKey = chosenEvent.value ?? eventKeys.find((key) => key === 'purchase') ?? eventKeys[0] ?? 'purchase';
  const ruleId = experiment?.ruleId ?? '';
  const load = useCallback(() => api.fetchResults(ruleId, eventKey), [api, ruleId, eventKey]);
  const { value: results, failure, reload } = useLoaded(load, REFRESH_MS);

  if (experiment === undefined) return <Empty title="The datafile has no experiments" />;
  return (
    <>
      <div class="row result-choice">
        <div class="field">
          <label for={experimentId}>Experiment</label>
          <select
            id={experimentId}
            value={experiment.ruleId}
            onChange={({ currentTarget }) => {
              location.hash = linkTo('results', currentTarget.value);
            }}
          >
            {experiments.map(({ ruleId: id, ruleKey, flagKey }) => (
              <option key={id} value={id}>
                {ruleKey} ({flagKey})
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for={eventId}>Converted by</label>
          <select
            id={eventId}
            value={eventKey}
            onChange={({ currentTarget }) => {
              chosenEvent.value = currentTarget.value;
            }}
          >
            {eventKeys.map((key) => (
              <option key={key}>{key}</option>
            ))}
          </select>
        </div>
      </div>
      {results !== undefined ? (
        <Figures results={results} />
      ) : failure !== null ? (
        <Failure text={failure} retry={reload} />
      ) : (
        <Loading what="the results" />
      )}
    </>
  );
}

function Figures({ results }: { results: ExperimentResults }): JSX.Element {
  const visitors = results.variations.reduce((sum, variation) => sum + variation.visitors, 0);
  return (
    <>
      <section class="card stack-s" aria-labelledby="figures-title">
        <div class="row between">
          <h2 id="figures-title">
            Conversion to <code>{results.eventKey}</code>
          </h2>
          <span class="soft">{plural(visitors, 'visitor')}</span>
        </div>
        <ResultTable variations={results.variations} />
      </section>
      <div class="result-columns">
        <section class="card stack-s" aria-labelledby="chart-title">
          <h2 id="chart-title">Rate over time</h2>
          {results.series.length < 2 ? (
            <Empty title="No course to draw yet">
              <p>It takes a few visitors. Simulate some with the button above.</p>
            </Empty>
          ) : (
            <RateChart results={results} />
          )}
        </section>
        <SampleRatioCard results={results} />
      </div>
    </>
  );
}
