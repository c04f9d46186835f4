/** `sortition shadow-report`: groups the differences from shadow mode by cause, and says what to do about them. */
import { readFileSync } from 'node:fs';
import { formatShadowReport, readShadowReport } from '@sortition/optimizely-compat';
import type { Command } from '../command.ts';
import { CommandError, reasonOf } from '../command-error.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { print, printJson } from '../terminal.ts';

/** The command. */
export const shadowReportCommand: Command = {
  name: 'shadow-report',
  summary: 'Groups the differences of a shadow and says what to do about them.',
  args: {
    jsonl: { type: 'positional', description: 'A path, or "-": one difference per line, as JSON', required: true },
  },
  examples: ['sortition shadow-report shadow.jsonl', 'cat shadow-*.jsonl | sortition shadow-report - --json'],
  findings: 'there is a difference',
  async run(call) {
    const [path = '-'] = call.positionals;
    const report = readShadowReport(readText(path).split('\n'));
    if (report.differences === 0 && report.unreadable > 0)
      throw new CommandError(
        `No line of ${nameOf(path)} can be read; expected what onDifference was given, as JSON on a line each.`,
      );
    if (call.isSet('json')) printJson(report);
    else print(formatShadowReport(report));
    return report.differences > 0 ? EXIT_CODE.findings : EXIT_CODE.clean;
  },
};

/** @throws CommandError for a file that cannot be read */
function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new CommandError(`${nameOf(path)} cannot be read: ${reasonOf(error)}.`);
  }
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}
