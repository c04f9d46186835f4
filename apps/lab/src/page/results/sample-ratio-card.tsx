/** Whether visitors are split as configured: a verdict, and the shares it is about. */
import type { JSX } from 'preact';
import type { ExperimentResults } from '../../api/experiment-results.ts';
import { formatRate } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';
import { toneClass, VariationName } from '../parts/variation-name.tsx';
import { judgeRatio } from './sample-ratio.ts';

const ICONS = { good: 'check', bad: 'cross', neutral: 'unknown' } as const;

export function SampleRatioCard({ results }: { results: ExperimentResults }): JSX.Element {
  const verdict = judgeRatio(results);
  const visitors = results.variations.reduce((sum, variation) => sum + variation.visitors, 0);
  const { chiSquare, degrees, pValue } = results.sampleRatio;
  return (
    <section class="card stack-s" aria-labelledby="ratio-title">
      <h2 id="ratio-title">Sample ratio</h2>
      <p class={`verdict ${verdict.tone}`}>
        <Icon name={ICONS[verdict.tone]} />
        <b>{verdict.title}</b>
      </p>
      <p>{verdict.text}</p>
      {visitors > 0 && (
        <>
          <ul class="stack-s shares">
            {results.variations.map(({ variationId, variationKey, visitors: count, configuredShare }, index) => (
              <li key={variationId} class={toneClass(index)}>
                <span class="row between">
                  <VariationName name={variationKey} index={index} />
                  <span class="small">
                    {formatRate(count / visitors)} <span class="soft">of {formatRate(configuredShare)}</span>
                  </span>
                </span>
                <span class="share-track">
                  <span class="share-bar" style={{ width: `${(count / visitors) * 100}%` }} />
                  <span class="share-mark" style={{ left: `${configuredShare * 100}%` }} />
                </span>
              </li>
            ))}
          </ul>
          <p class="small soft">
            χ² = {chiSquare.toFixed(2)} with {degrees} {degrees === 1 ? 'degree' : 'degrees'} of freedom, p ={' '}
            {pValue < 0.0001 ? '< 0.0001' : pValue.toFixed(4)}
          </p>
        </>
      )}
    </section>
  );
}
