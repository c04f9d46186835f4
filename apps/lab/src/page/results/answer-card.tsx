/** The answer of an experiment, at the top: a head line, a sentence for each variation, and how the reader looks at it. */
import type { JSX } from 'preact';
import type { ExperimentResults } from '../../api/experiment-results.ts';
import { Icon } from '../parts/icon.tsx';
import { headlineOf, powerSentence, type ResultMethod, sentenceFor } from './result-words.ts';

const ICONS = { good: 'check', bad: 'cross', neutral: 'unknown' } as const;

const METHODS: readonly { readonly method: ResultMethod; readonly label: string; readonly hint: string }[] = [
  { method: 'fixed', label: 'One look', hint: 'Holds for one look, at the end that was planned.' },
  { method: 'sequential', label: 'Every day', hint: 'Holds at every look, however often; wider for that.' },
];

interface AnswerCardProps {
  readonly results: ExperimentResults;
  readonly method: ResultMethod;
  readonly choose: (method: ResultMethod) => void;
}

export function AnswerCard({ results, method, choose }: AnswerCardProps): JSX.Element {
  const { tone, text } = headlineOf(results, method);
  const control = results.variations.find(({ variationId }) => variationId === results.controlId);
  const others = results.variations.filter((variation) => variation !== control);
  const power = powerSentence(results);
  const hasVisitors = results.variations.some(({ visitors }) => visitors > 0);
  return (
    <section class="card stack-s answer" aria-labelledby="answer-title">
      <div class="row between">
        <p class={`verdict ${tone}`}>
          <Icon name={ICONS[tone]} />
          <b id="answer-title">{text}</b>
        </p>
        <fieldset class="segmented text">
          <legend class="visually-hidden">How often you look</legend>
          {METHODS.map((each) => (
            <button
              key={each.method}
              type="button"
              aria-pressed={method === each.method}
              title={each.hint}
              onClick={() => choose(each.method)}
            >
              {each.label}
            </button>
          ))}
        </fieldset>
      </div>
      {hasVisitors && control !== undefined && (
        <ul class="sentences">
          {others.map((variation) => (
            <li key={variation.variationId}>{sentenceFor(variation, control, method)}</li>
          ))}
        </ul>
      )}
      {power !== null && <p class="small soft">{power}</p>}
      <p class="small soft">
        {METHODS.find((each) => each.method === method)?.hint} Intervals are at 95 %
        {others.length > 1 ? `, corrected for ${others.length} comparisons` : ''}.
      </p>
    </section>
  );
}
