/** Findings as text for people, and as annotations of GitHub. */
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { formatAnnotation } from '../github-annotation.ts';
import { count, paint } from '../terminal.ts';
import type { Finding, Level } from './finding.ts';

const COLOURS = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/** Findings of one datafile under its name. */
export function formatFindings(name: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return `${paint('green', 'ok')}  ${name}`;
  const lines = findings.flatMap(({ code, path, message, level, hint }) => [
    `  ${paint(COLOURS[level], level)} ${code}${path === '' ? '' : `  ${path}`}`,
    `    ${message}`,
    `    ${paint('dim', hint)}`,
  ]);
  return [`${name}: ${formatCounts(findings)}`, ...lines].join('\n');
}

/** One workflow command per finding, which GitHub shows at the line. */
export function formatAnnotations(name: string, text: string, findings: readonly Finding[]): string {
  const root = parseTree(text);
  const lineOf = createLines(text);
  return findings
    .map(({ code, path, message, level, hint }) => {
      const node = root && findNodeAtLocation(root, segmentsOf(path));
      const line = lineOf(node?.offset ?? 0);
      return formatAnnotation(level, { file: name, line, title: code }, `${message} ${hint}`);
    })
    .join('\n');
}

/** Prepares a text for finding the line of a character: the function takes its offset and returns the number of its line, from 1. */
function createLines(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
  return (offset) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

function formatCounts(findings: readonly Finding[]): string {
  const of = (level: Level) => findings.filter((finding) => finding.level === level).length;
  const parts = [
    [of('error'), 'error'],
    [of('warning'), 'warning'],
    [of('info'), 'remark'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => count(number, word))
    .join(', ');
}

function segmentsOf(path: string): (string | number)[] {
  return [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) =>
    index === undefined ? (name as string) : Number(index),
  );
}
