/** `sortition diff`: what differs between two datafiles, by meaning, and for whom. */
import type { Command } from '../command.ts';
import { DATAFILE_ARGS, readDatafile } from '../datafile-source.ts';
import { compareDecisions } from '../diff/compare-decisions.ts';
import { compareProjects } from '../diff/compare-projects.ts';
import { type Comparison, formatDiff, formatMarkdown } from '../diff/format-diff.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import { print, printJson } from '../terminal.ts';
import { findUsers, USERS_ARGS } from '../users/user-source.ts';

const FAIL_ON = ['change', 'users', 'breaking', 'never'] as const;

/** The command. */
export const diffCommand: Command = {
  name: 'diff',
  summary: 'Compares two datafiles by meaning: what changed, what breaks callers, which users move, and why.',
  args: {
    old: { type: 'positional', description: 'The datafile before: path, "-" or SDK key', required: true },
    new: { type: 'positional', description: 'The datafile after: path, "-" or SDK key', required: true },
    ...USERS_ARGS,
    users: { ...USERS_ARGS.users, default: '10000' },
    format: {
      type: 'enum',
      options: ['text', 'json', 'markdown'],
      default: 'text',
      description: 'How to write the comparison',
    },
    'fail-on': {
      type: 'enum',
      options: [...FAIL_ON],
      default: 'change',
      description: 'End with 1 for any difference, for users who move, or only for what breaks callers',
    },
    ...DATAFILE_ARGS,
  },
  examples: [
    'sortition diff published.json datafile.json',
    'sortition diff "$SDK_KEY" datafile.json --format markdown --fail-on breaking > comment.md',
    'sortition diff old.json new.json --attributes customers.csv --json',
  ],
  findings: 'the datafiles differ in what --fail-on names',
  async run(call) {
    const format = call.isSet('json') ? 'json' : call.choice('format', ['text', 'json', 'markdown']);
    const failOn = call.choice('fail-on', FAIL_ON);
    const [oldSource, newSource] = call.positionals as [string, string];
    const before = await readDatafile(oldSource, call.text('datafile-url'));
    const after = await readDatafile(newSource, call.text('datafile-url'));
    const users = await findUsers(call, [before.config, after.config]);
    const comparison: Comparison = {
      before: { name: before.name, revision: before.config.revision },
      after: { name: after.name, revision: after.config.revision },
      changes: compareProjects(before.config, after.config),
      users: await compareDecisions(before.config, after.config, users),
    };
    if (format === 'json') printJson(comparison);
    else print(format === 'markdown' ? formatMarkdown(comparison) : formatDiff(comparison));
    return exitCodeOf(comparison, failOn);
  },
};

function exitCodeOf({ changes, users }: Comparison, failOn: (typeof FAIL_ON)[number]): ExitCode {
  const isFound = {
    change: changes.length > 0 || users.flags.length > 0,
    users: users.flags.length > 0,
    breaking: changes.some(({ breaking }) => breaking),
    never: false,
  }[failOn];
  return isFound ? EXIT_CODE.findings : EXIT_CODE.clean;
}
