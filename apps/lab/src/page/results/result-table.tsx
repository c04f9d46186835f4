/** One row per variation: rate, lift over the control with its interval, and what visitors brought. */
import type { JSX } from 'preact';
import type { ExperimentResults, ResultMean, VariationResult } from '../../api/experiment-results.ts';
import { formatCount, formatMoney, formatRate } from '../parts/format.ts';
import { ScrollRegion } from '../parts/scroll-region.tsx';
import { toneClass, VariationName } from '../parts/variation-name.tsx';
import { formatLift, formatPValue, type ResultMethod, readComparison } from './result-words.ts';

interface ResultTableProps {
  readonly results: ExperimentResults;
  readonly method: ResultMethod;
}

export function ResultTable({ results, method }: ResultTableProps): JSX.Element {
  const { variations } = results;
  const highest = Math.max(0.01, ...variations.map(({ visitors, high }) => (visitors > 0 ? high : 0)));
  const hasRevenue = variations.some(({ revenue }) => revenue !== null);
  const hasValue = variations.some(({ value }) => value !== null);
  const columns = [
    'Exposures',
    'Conversions',
    'Rate',
    'Lift',
    'p-value',
    ...(hasRevenue ? ['Revenue per visitor'] : []),
    ...(hasValue ? ['Value per visitor'] : []),
  ];
  return (
    <ScrollRegion label="Figures by variation">
      <table class="result-table">
        <thead>
          <tr>
            <th scope="col">Variation</th>
            {columns.map((column) => (
              <th key={column} scope="col" class="number">
                {column}
              </th>
            ))}
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
            <ResultRow
              key={variation.variationId}
              variation={variation}
              index={index}
              highest={highest}
              method={method}
              isControl={variation.variationId === results.controlId}
              means={[...(hasRevenue ? [variation.revenue] : []), ...(hasValue ? [variation.value] : [])]}
              hasRevenue={hasRevenue}
            />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

interface ResultRowProps {
  readonly variation: VariationResult;
  readonly index: number;
  readonly highest: number;
  readonly method: ResultMethod;
  readonly isControl: boolean;
  readonly means: readonly (ResultMean | null)[];
  readonly hasRevenue: boolean;
}

function ResultRow(props: ResultRowProps): JSX.Element {
  const { variation, index, highest, method, isControl, means, hasRevenue } = props;
  const { variationKey, configuredShare, visitors, conversions, rate, low, high } = variation;
  const isEmpty = visitors === 0;
  const reading = readComparison(variation.comparison, method);
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
        {!isEmpty && (
          <>
            <br />
            <span class="small soft">
              {formatRate(low)} to {formatRate(high)}
            </span>
          </>
        )}
      </td>
      <td class="number" data-label="Lift">
        {isControl ? (
          <span class="soft">control</span>
        ) : reading === null ? (
          '–'
        ) : (
          <>
            <b class={`lift ${reading.verdict}`}>{formatLift(reading.lift)}</b>
            <br />
            <span class="small soft">
              {formatLift(reading.low)} to {formatLift(reading.high)}
            </span>
          </>
        )}
      </td>
      <td class="number" data-label="p-value">
        {reading === null ? '' : formatPValue(reading.pValue)}
      </td>
      {means.map((mean, position) => (
        <MeanCell
          // Revenue comes first, and there are two at most.
          key={`${position}/${hasRevenue}`}
          mean={isEmpty ? null : mean}
          method={method}
          isMoney={hasRevenue && position === 0}
        />
      ))}
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

function MeanCell(props: { mean: ResultMean | null; method: ResultMethod; isMoney: boolean }): JSX.Element {
  const { mean, method, isMoney } = props;
  const format = (value: number) => (isMoney ? formatMoney(value) : value.toFixed(2));
  const reading = mean === null ? null : readComparison(mean.comparison, method);
  return (
    <td class="number" data-label={isMoney ? 'Revenue per visitor' : 'Value per visitor'}>
      {mean === null ? (
        '–'
      ) : (
        <>
          <b>{format(mean.mean)}</b>
          <br />
          <span class="small soft">
            {format(mean.low)} to {format(mean.high)}
            {reading !== null && (
              <>
                <br />
                <span class={`lift ${reading.verdict}`}>{formatLift(reading.lift)}</span>, p{' '}
                {formatPValue(reading.pValue)}
              </>
            )}
          </span>
        </>
      )}
    </td>
  );
}
