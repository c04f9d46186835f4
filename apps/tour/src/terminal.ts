/**
 * How the tour prints: with colours and a moving bar for people at a terminal, as plain lines into a log.
 */
import { progress as clackProgress } from '@clack/prompts';
import picocolors from 'picocolors';
import type { Attributes } from 'sortition';
import type { Progress } from './crowd.ts';
import type { SplitChart } from './split-chart.ts';
import { formatVariables } from './variables-line.ts';

/** What a decision knows of a user. */
export interface KnownOfUser {
  readonly attributes: Attributes;
  readonly segments: readonly string[];
}

/** Where the tour prints. */
export interface Terminal {
  heading(title: string): void;
  say(...lines: readonly string[]): void;
  person(userId: string, story: string, known: KnownOfUser): void;
  /** @param variables `''` when there are none. */
  explanation(text: string, variables: string): void;
  progress(total: number): Progress;
  chart(chart: SplitChart): void;
}

const BAR_WIDTH = 40;
const NAME_WIDTH = 22;
/** Between two lines of progress. */
const QUIET_MS = 5_000;

/** Creates a terminal on a stream; `NO_COLOR` and `TERM=dumb` make one plain. */
export function createTerminal(
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isLively = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const { bold, cyan, dim, green, yellow } = picocolors.createColors(isLively);
  const paintOf = (step: string): ((text: string) => string) => {
    if (step.includes('=> variation') || step.includes('=> served')) return green;
    return step.includes('=>') ? yellow : dim;
  };
  const print = (line = ''): void => void stream.write(`${line}\n`);
  return {
    heading(title) {
      print();
      print(bold(title));
      print(dim('='.repeat(title.length)));
    },
    say(...lines) {
      print();
      for (const line of lines) print(line);
    },
    person(userId, story, { attributes, segments }) {
      print();
      print(`${bold(cyan(userId))}, ${story}`);
      print(dim(`attributes: ${formatVariables(attributes) || 'none'}`));
      if (segments.length > 0) print(dim(`segments: ${segments.join(', ')}`));
    },
    explanation(text, variables) {
      const [outcome = '', _user, ...steps] = text.split('\n');
      print();
      print(`  ${bold(outcome)}`);
      for (const step of steps) {
        const paint = paintOf(step);
        print(`  ${paint(step)}`);
      }
      if (variables !== '') print(`    variables: ${variables}`);
    },
    progress: (total) => (isLively ? livelyProgress(total) : plainProgress(total, print)),
    chart({ title, rows }) {
      print();
      print(bold(title));
      for (const { name, configured, observed } of rows) {
        print(`  ${name.padEnd(NAME_WIDTH)} configured ${percent(configured)} ${dim(bar(configured))}`);
        print(`  ${''.padEnd(NAME_WIDTH)} observed   ${percent(observed)} ${cyan(bar(observed))}`);
      }
    },
  };
}

function livelyProgress(total: number): Progress {
  const indicator = clackProgress({ max: total, size: BAR_WIDTH });
  let done = 0;
  indicator.start('Deciding');
  return {
    advance(users) {
      done += users;
      indicator.advance(users, `${done.toLocaleString('en-US')} customers`);
    },
    finish: () => indicator.stop(`Decided for ${done.toLocaleString('en-US')} customers`),
  };
}

/** A line per quarter, and on a slow machine so often that something is seen to happen. */
function plainProgress(total: number, print: (line: string) => void): Progress {
  let done = 0;
  let printedAt = performance.now();
  return {
    advance(users) {
      const quarters = Math.floor((4 * done) / total);
      done += users;
      if (Math.floor((4 * done) / total) === quarters && performance.now() - printedAt < QUIET_MS) return;
      printedAt = performance.now();
      print(`decided for ${done.toLocaleString('en-US')} customers`);
    },
    finish: () => undefined,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2).padStart(6)} %`;
}

function bar(share: number): string {
  return '█'.repeat(Math.round(share * BAR_WIDTH));
}
