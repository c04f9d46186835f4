/** Results as CSV: one line per variation, numbers as they are. */
import type { ExperimentResults } from '../../api/experiment-results.ts';

const COLUMNS = [
  'experiment',
  'event',
  'period',
  'variation',
  'configured_share',
  'visitors',
  'conversions',
  'rate',
  'rate_low',
  'rate_high',
  'lift',
  'lift_low',
  'lift_high',
  'p_value',
  'always_valid_lift_low',
  'always_valid_lift_high',
  'always_valid_p_value',
  'revenue_mean',
  'revenue_low',
  'revenue_high',
  'revenue_p_value',
  'value_mean',
  'value_low',
  'value_high',
  'value_p_value',
];

/** Lines end as RFC 4180 says. */
export function formatResults(results: Omit<ExperimentResults, 'simulation'>): string {
  const { ruleKey, eventKey, period, variations } = results;
  const lines = variations.map((variation) => {
    const { comparison, revenue, value } = variation;
    return [
      ruleKey,
      eventKey,
      period.firstRevision,
      variation.variationKey,
      variation.configuredShare,
      variation.visitors,
      variation.conversions,
      variation.rate,
      variation.low,
      variation.high,
      comparison?.lift,
      comparison?.liftLow,
      comparison?.liftHigh,
      comparison?.pValue,
      comparison?.sequential?.low,
      comparison?.sequential?.high,
      comparison?.sequential?.pValue,
      revenue?.mean,
      revenue?.low,
      revenue?.high,
      revenue?.comparison?.pValue,
      value?.mean,
      value?.low,
      value?.high,
      value?.comparison?.pValue,
    ];
  });
  return [COLUMNS, ...lines].map((cells) => `${cells.map(toCell).join(',')}\r\n`).join('');
}

/** A text that a spreadsheet would run as a formula is quoted with an apostrophe before it. */
function toCell(value: string | number | null | undefined): string {
  if (typeof value !== 'string') return value == null ? '' : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
