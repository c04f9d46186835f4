/** A comparison as text for people, and as Markdown for a pull request. */
import { count, formatTable, paint } from '../terminal.ts';
import type { Change } from './change.ts';
import type { DecisionComparison, Move, Served } from './compare-decisions.ts';

/** The result of a comparison. */
export interface Comparison {
  readonly before: { readonly name: string; readonly revision: string };
  readonly after: { readonly name: string; readonly revision: string };
  readonly changes: readonly Change[];
  readonly users: DecisionComparison;
}

const MARKS = { added: '+', removed: '-', changed: '~' } as const;
const COLOURS = { added: 'green', removed: 'red', changed: 'yellow' } as const;
/** Longer lists are cut. */
const MOST_MOVES = 20;

/** Formats a comparison as text. */
export function formatDiff({ before, after, changes, users }: Comparison): string {
  const breaking = changes.filter((change) => change.breaking);
  const lines = [`revision ${before.revision} -> ${after.revision}: ${summarize(changes)}`];
  for (const { kind, entity, key, detail, breaking } of changes) {
    const mark = paint(COLOURS[kind], MARKS[kind]);
    lines.push(
      `  ${mark} ${entity} ${key}${detail === '' ? '' : `  ${detail}`}${breaking ? paint('red', '  BREAKS CALLERS') : ''}`,
    );
  }
  if (breaking.length > 0)
    lines.push('', `${count(breaking.length, 'change')} can break code that uses the datafile before.`);
  if (users.simulated === 0) return lines.join('\n');
  lines.push('', summarizeUsers(users));
  for (const { flagKey, changed, valuesChanged, moves } of users.flags) {
    lines.push(`  ${paint('bold', flagKey)}: ${describeCounts(changed, valuesChanged, users.simulated)}`);
    const shown = moves.slice(0, MOST_MOVES);
    lines.push(
      formatTable(
        shown.map((move) => moveRow(move, users.simulated)),
        '    ',
      ),
    );
    if (moves.length > shown.length)
      lines.push(`    and ${count(moves.length - shown.length, 'other way', 'other ways')}`);
  }
  return lines.join('\n');
}

/** Formats a comparison as Markdown. */
export function formatMarkdown({ before, after, changes, users }: Comparison): string {
  const lines = [
    `### Datafile: revision ${before.revision} to ${after.revision}`,
    '',
    `${capitalize(summarize(changes))}.`,
  ];
  if (changes.length > 0) {
    lines.push('', '| | what | key | change |', '| --- | --- | --- | --- |');
    for (const { kind, entity, key, detail, breaking } of changes)
      lines.push(
        `| ${kind}${breaking ? ' **(breaks callers)**' : ''} | ${entity} | ${code(key)} | ${escapeCell(detail)} |`,
      );
  }
  if (users.simulated > 0) {
    lines.push('', summarizeUsers(users));
    if (users.flags.length > 0) {
      lines.push('', '| flag | users | from | to | why |', '| --- | ---: | --- | --- | --- |');
      for (const { flagKey, moves } of users.flags)
        for (const { from, to, why, users: number } of moves.slice(0, MOST_MOVES))
          lines.push(
            `| ${code(flagKey)} | ${number.toLocaleString('en-US')} (${percent(number, users.simulated)}) | ${escapeCell(describe(from))} | ${escapeCell(describe(to))} | ${escapeCell(why.text)} |`,
          );
    }
  }
  return lines.join('\n');
}

function summarize(changes: readonly Change[]): string {
  if (changes.length === 0) return 'no difference in meaning';
  const breaking = changes.filter((change) => change.breaking).length;
  return `${count(changes.length, 'difference')}${breaking === 0 ? '' : `, of which ${breaking} can break callers`}`;
}

function summarizeUsers({ simulated, changed }: DecisionComparison): string {
  return `Of ${count(simulated, 'simulated user')}, ${changed.toLocaleString('en-US')} (${percent(changed, simulated)}) get another variation of at least one flag.`;
}

function describeCounts(changed: number, valuesChanged: number, simulated: number): string {
  const parts = [
    ...(changed > 0 ? [`${count(changed, 'user')} (${percent(changed, simulated)}) with another variation`] : []),
    ...(valuesChanged > 0
      ? [`${count(valuesChanged, 'user')} (${percent(valuesChanged, simulated)}) with other values`]
      : []),
  ];
  return parts.join(', ');
}

function moveRow({ from, to, why, users, example }: Move, simulated: number): readonly string[] {
  return [
    `${users.toLocaleString('en-US')} (${percent(users, simulated)})`,
    `${describe(from)} -> ${describe(to)}`,
    `${why.text} (such as "${example}")`,
  ];
}

function describe({ rule, variation }: Served): string {
  if (variation === null) return 'no variation';
  return rule === null ? variation : `${variation} by ${rule}`;
}

function percent(part: number, all: number): string {
  return `${Number(((part / all) * 100).toFixed(2))} %`;
}

function code(text: string): string {
  return `\`${escapeCell(text).replaceAll('`', "'")}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('->', '→');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
