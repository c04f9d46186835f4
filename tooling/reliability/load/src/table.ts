/** The results as text and as a table. */
import type { Outcome, Scenario } from './scenario.ts';

/** A scenario with what came of it. */
export interface Row {
  readonly scenario: Scenario;
  readonly ours: Outcome;
  /** `null`: it did not take part. */
  readonly official: Outcome | null;
  /** Broken promises, as sentences. */
  readonly broken: readonly string[];
}

const HEAD = [
  'load',
  'recorded',
  'arrived',
  'twice',
  'dropped',
  'pending',
  'heap, CPU',
  'official SDK: arrived; heap, CPU',
  'holds',
];

/** One line for a log. */
export function formatRow({ ours, official, broken }: Row): string {
  const counts = `recorded ${number(ours.recorded)}, arrived ${number(ours.arrived)}, twice ${number(ours.twice)}`;
  const rest = `dropped ${droppedText(ours)}, pending ${number(ours.pending)}, ${costText(ours)}`;
  const beside = official ? `; official SDK: arrived ${number(official.arrived)}, ${costText(official)}` : '';
  const told = broken.map((sentence) => `\n      BROKEN: ${sentence}`);
  return `      ${counts}, ${rest}${beside}${told.join('')}`;
}

/** All rows, as lines of Markdown. */
export function formatTable(rows: readonly Row[]): string[] {
  const lines = rows.map(({ scenario, ours, official, broken }) => [
    `${scenario.kind}: ${scenario.name}`,
    number(ours.recorded),
    number(ours.arrived),
    number(ours.twice),
    droppedText(ours),
    number(ours.pending),
    costText(ours),
    official ? `${number(official.arrived)}; ${costText(official)}` : '–',
    broken.length === 0 ? 'yes' : `**no**: ${broken.join('; ')}`,
  ]);
  return [HEAD, HEAD.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function droppedText({ dropped }: Outcome): string {
  const parts = Object.entries(dropped).map(([reason, count]) => `${number(count)} ${reason}`);
  return parts.length === 0 ? '0' : parts.join(', ');
}

function costText({ heapMb, cpuMs }: Outcome): string {
  return `${number(heapMb)} MB, ${(cpuMs / 1_000).toFixed(1)} s`;
}
