/** A simulation as text for people, and as CSV. */
import { count, formatTable, paint } from '../terminal.ts';
import type { Simulation } from './simulate.ts';

const MOST_OVERLAPS = 20;

/** As text. */
export function formatSimulation({ users, rules, overlaps }: Simulation): string {
  const rows = rules.flatMap(({ flagKey, ruleKey, kind, users: number, share, variations, chiSquare, pValue, ok }) => [
    [
      paint('bold', `${flagKey}/${ruleKey}`),
      kind,
      count(number, 'user'),
      percent(share),
      variations.length > 1 && number > 0
        ? `chi-square ${chiSquare.toFixed(2)}, p ${pValue.toFixed(4)}${ok ? '' : paint('red', '  NOT THE CONFIGURED SPLIT')}`
        : '',
    ],
    ...variations.map((variation) => [
      `  ${variation.variationKey}`,
      '',
      count(variation.users, 'user'),
      number === 0 ? '' : percent(variation.observed),
      `configured ${percent(variation.configured)}${variation.listed > 0 ? `, ${variation.listed} by allow-list` : ''}`,
    ]),
  ]);
  const lines = [`${count(users, 'simulated user')}`, formatTable(rows)];
  if (overlaps.length > 0) {
    lines.push('', 'Users in two experiments at a time:');
    lines.push(
      formatTable(
        overlaps
          .slice(0, MOST_OVERLAPS)
          .map(({ experiments, users: number, share }) => [
            experiments.join(' and '),
            count(number, 'user'),
            percent(share),
          ]),
        '  ',
      ),
    );
    if (overlaps.length > MOST_OVERLAPS) lines.push(`  and ${count(overlaps.length - MOST_OVERLAPS, 'other pair')}`);
  }
  return lines.join('\n');
}

/** As CSV: one row a variation. */
export function formatSimulationCsv({ rules }: Simulation): string {
  const header = [
    'flag',
    'rule',
    'kind',
    'variation',
    'users',
    'listed',
    'observed',
    'configured',
    'chi_square',
    'p_value',
  ];
  const rows = rules.flatMap(({ flagKey, ruleKey, kind, variations, chiSquare, pValue }) =>
    variations.map(({ variationKey, users, listed, observed, configured }) => [
      flagKey,
      ruleKey,
      kind,
      variationKey,
      users,
      listed,
      observed,
      configured,
      chiSquare,
      pValue,
    ]),
  );
  return [header, ...rows].map((row) => row.map(toCell).join(',')).join('\n');
}

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
function toCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
