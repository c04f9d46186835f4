/** Results of an experiment: the answer first, then the figures behind it, their course over time, and whether to trust them. */
import type { JSX } from 'preact';
import { useCallback, useId } from 'preact/hooks';
import type { ExperimentResults } from '../../api/experiment-results.ts';
import type { ExperimentRow, ResultQuery } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import { formatDate, plural } from '../parts/format.ts';
import { Empty, Failure, Loading } from '../parts/message.tsx';
import { useLoaded } from '../parts/use-loaded.ts';
import { ViewHead } from '../parts/view-head.tsx';
import { linkTo, replaceRoute, route } from '../route.ts';
import { AnswerCard } from './answer-card.tsx';
import { RateChart } from './rate-chart.tsx';
import { ResultTable } from './result-table.tsx';
import type { ResultMethod } from './result-words.ts';
import { SampleRatioCard } from './sample-ratio-card.tsx';
import { SegmentsCard } from './segments-card.tsx';
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
  const { selected, parameters } = route.value;
  const experiment = experiments.find(({ ruleId }) => ruleId === selected) ?? experiments[0];
  const eventKeys = project.value?.events ?? [];
  const eventKey = parameters.get('event') ?? eventKeys.find((key) => key === 'purchase') ?? eventKeys[0] ?? 'purchase';
  const ruleId = experiment?.ruleId ?? '';
  const period = parameters.get('period');
  const controlId = parameters.get('control');
  const method: ResultMethod = parameters.get('look') === 'sequential' ? 'sequential' : 'fixed';
  const attribute = parameters.get('by') ?? '';
  const query: ResultQuery = { ruleId, eventKey, period, controlId };
  const load = useCallback(() => api.fetchResults(query), [api, ruleId, eventKey, period, controlId]);
  const { value: results, failure, reload } = useLoaded(load, REFRESH_MS);

  if (experiment === undefined) return <Empty title="The datafile has no experiments" />;
  /** Every choice is in the address. */
  const choose = (changes: Partial<ResultQuery>) => {
    const next = { ...query, ...changes };
    location.hash = linkTo('results', next.ruleId, {
      event: next.eventKey,
      ...(next.period !== null && { period: next.period }),
      ...(next.controlId !== null && { control: next.controlId }),
      ...(method !== 'fixed' && { look: method }),
      ...(attribute !== '' && { by: attribute }),
    });
  };
  const look = (changes: { readonly look?: string; readonly by?: string }) => {
    const next = { ...Object.fromEntries(parameters), ...changes };
    replaceRoute(
      linkTo('results', ruleId, Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ''))),
    );
  };
  return (
    <>
      <div class="row result-choice">
        <Choice
          label="Experiment"
          value={ruleId}
          options={experiments.map((each) => [each.ruleId, `${each.ruleKey} (${each.flagKey})`])}
          choose={(id) => choose({ ruleId: id, period: null, controlId: null })}
        />
        <Choice
          label="Converted by"
          value={eventKey}
          options={eventKeys.map((key) => [key, key])}
          choose={(key) => choose({ eventKey: key })}
        />
        {results !== undefined && (
          <>
            <Choice
              label="Compared with"
              value={results.controlId}
              options={results.variations.map((each) => [each.variationId, each.variationKey])}
              choose={(id) => choose({ controlId: id })}
            />
            <Choice
              label="Period"
              value={results.period.firstRevision}
              options={results.periods.map((each, index) => [
                each.firstRevision,
                `${index === 0 ? 'now, ' : ''}since ${formatDate(each.startedAt)} (revision ${each.firstRevision})`,
              ])}
              choose={(first) => choose({ period: first })}
            />
          </>
        )}
      </div>
      {results !== undefined ? (
        <Figures results={results} query={query} method={method} attribute={attribute} look={look} />
      ) : failure !== null ? (
        <Failure text={failure} retry={reload} />
      ) : (
        <Loading what="the results" />
      )}
      {/* Not on the screen while the results above it are loaded, or it would jump down as they come. */}
      <div hidden={results === undefined && failure === null}>
        <SimulationPanel simulation={results?.simulation} />
      </div>
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly choose: (value: string) => void;
}

function Choice({ label, value, options, choose }: ChoiceProps): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface FiguresProps {
  readonly results: ExperimentResults;
  readonly query: ResultQuery;
  readonly method: ResultMethod;
  /** Whose segments are shown; empty for none. */
  readonly attribute: string;
  /** Changes how it is looked at, in the address. */
  readonly look: (changes: { readonly look?: string; readonly by?: string }) => void;
}

function Figures({ results, query, method, attribute, look }: FiguresProps): JSX.Element {
  const { api } = useLab();
  const visitors = results.variations.reduce((sum, variation) => sum + variation.visitors, 0);
  return (
    <>
      <AnswerCard results={results} method={method} choose={(next) => look({ look: next === 'fixed' ? '' : next })} />
      <section class="card stack-s" aria-labelledby="figures-title">
        <div class="row between">
          <h2 id="figures-title">
            Conversion to <code>{results.eventKey}</code>
          </h2>
          <span class="row">
            <span class="soft">{plural(visitors, 'visitor')}</span>
            <a href={api.resultsCsv(query)} download>
              CSV
            </a>
          </span>
        </div>
        <ResultTable results={results} method={method} />
        <LeftOut results={results} />
      </section>
      <div class="result-columns">
        <section class="card stack-s" aria-labelledby="chart-title">
          <h2 id="chart-title">Rate over time</h2>
          {results.series.length < 2 ? (
            <Empty title="No course to draw yet">
              <p>It takes a few visitors. Simulate some with the button below.</p>
            </Empty>
          ) : (
            <RateChart results={results} />
          )}
        </section>
        <SampleRatioCard results={results} />
      </div>
      <SegmentsCard
        query={query}
        variations={results.variations}
        attribute={attribute}
        choose={(key) => look({ by: key })}
      />
    </>
  );
}

function LeftOut({ results }: { results: ExperimentResults }): JSX.Element | null {
  const { crossover, returning, foreign } = results.leftOut;
  const parts = [
    ...(crossover > 0 ? [`${plural(crossover, 'user')} seen in two variations`] : []),
    ...(returning > 0 ? [`${plural(returning, 'user')} of an earlier period`] : []),
    ...(foreign > 0 ? [`${plural(foreign, 'user')} decided by a datafile that was never published here`] : []),
  ];
  if (parts.length === 0) return null;
  return <p class="small soft">Left out: {parts.join('; ')}.</p>;
}
