/** A result as a table, and as a badge. */
import type { ConformanceResult } from './run-conformance.ts';

/** Returns the table of areas and the first failures, as lines of text. */
export function formatResult({ implementation, areas, failures, brokenProperties, ok }: ConformanceResult): string {
  const header = ['area', 'rows', 'passed', 'as official', 'failed', 'unsupported'];
  const rows = areas.map(({ area, rows, passed, asOfficial, failed, unsupported }) => [
    area,
    ...[rows, passed, asOfficial, failed, unsupported].map((count) => count.toLocaleString('en-US')),
  ]);
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [
    `${implementation.name} ${implementation.version}`,
    '',
    line(header),
    ...rows.map(line),
    ...(failures.length > 0 ? ['', 'First rows that failed:'] : []),
    ...failures.map(({ id, property, difference: { path, expected, actual } }) =>
      [
        `  ${id}${property === null ? '' : ` (${property})`}${path === '' ? '' : ` at ${path}`}`,
        `    expected ${shorten(expected)}`,
        `    got      ${shorten(actual)}`,
      ].join('\n'),
    ),
    ...(brokenProperties.length > 0 ? ['', `Broken properties: ${brokenProperties.join(', ')}`] : []),
    '',
    ok ? 'Conforms.' : 'Does not conform.',
  ].join('\n');
}

/** A badge in the JSON that shields.io reads from an endpoint. */
export interface Badge {
  readonly schemaVersion: 1;
  readonly label: 'conformance';
  readonly message: string;
  readonly color: 'brightgreen' | 'yellow' | 'red';
}

/** Returns the badge of a result. */
export function createBadge({ areas, ok }: ConformanceResult): Badge {
  const sum = (count: (area: (typeof areas)[number]) => number) =>
    areas.reduce((total, area) => total + count(area), 0);
  const tried = sum(({ rows, unsupported }) => rows - unsupported);
  const right = sum(({ passed, asOfficial }) => passed + asOfficial);
  const isWhole = ok && sum(({ unsupported }) => unsupported) === 0;
  const message = `${right.toLocaleString('en-US')} of ${tried.toLocaleString('en-US')}`;
  return { schemaVersion: 1, label: 'conformance', message, color: isWhole ? 'brightgreen' : ok ? 'yellow' : 'red' };
}

function shorten(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
