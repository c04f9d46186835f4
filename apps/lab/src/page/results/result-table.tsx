/** One row per variation, with its interval drawn on a scale that all rows share. */
import type { JSX } from 'preact';
import type { VariationResult } from '../../api/experiment-results.ts';
import { formatCount, formatRate } from '../parts/format.ts';
import { ScrollRegion } from '../parts/scroll-region.tsx';
import { toneClass, VariationName } from '../parts/variation-name.tsx';

export function ResultTable({ variations }: { variations: readonly VariationResult[] }): JSX.Element {
  const highest = Math.max(0.01, ...variations.map(({ visitors, high }) => (visitors > 0 ? high : 0)));
  return (
    <ScrollRegion label="Figures by variation">
      <table class="result-table">
        <thead>
          <tr>
            <th scope="col">Variation</th>
            <th scope="col" class="number">
              Exposures
            </th>
            <th scope="col" class="number">
              Conversions
            </th>
            <th scope="col" class="number">
              Rate
            </th>
            <th scope="col" class="number">
              95 % interval
            </th>
            <th scope="col" class="interval-column">
              <span class="row between">
                <span>0 %</span>
                <span>{formatRate(highest)}</span>
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {variations.map((variation, index) => (
            <ResultRow key={variation.variationId} variation={variation} index={index} highest={highest} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function ResultRow(props: { variation: VariationResult; index: number; highest: number }): JSX.Element {
  const { variation, index, highest } = props;
  const { variationKey, configuredShare, visitors, conversions, rate, low, high } = variation;
  const isEmpty = visitors === 0;
  const at = (value: number) => `${(value / highest) * 100}%`;
  return (
    <tr>
      <th scope="row">
        <VariationName name={variationKey} index={index} />
        <br />
        <span class="soft small">{formatRate(configuredShare, 0)} of the traffic</span>
      </th>
      <td class="number" data-label="Exposures">
        {formatCount(visitors)}
      </td>
      <td class="number" data-label="Conversions">
        {formatCount(conversions)}
      </td>
      <td class="number">
        <b>{isEmpty ? '–' : formatRate(rate)}</b>
      </td>
      <td class="number" data-label="95 % interval">
        {isEmpty ? '–' : `${formatRate(low)} to ${formatRate(high)}`}
      </td>
      <td class="interval-column">
        {!isEmpty && (
          <span class={`interval ${toneClass(index)}`}>
            <span class="interval-range" style={{ left: at(low), width: at(high - low) }} />
            <span class="interval-rate" style={{ left: at(rate) }} />
          </span>
        )}
      </td>
    </tr>
  );
}
