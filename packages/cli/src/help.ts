/** Help texts: the list of commands, and one command with its options, examples and exit codes. */
import { stripVTControlCharacters } from 'node:util';
import { defineCommand, renderUsage } from 'citty';
import { COMMON_ARGS, type Command } from './command.ts';
import { formatTable, hasColour } from './terminal.ts';

/** Formats the list of commands. */
export function formatOverview(
  commands: Readonly<Record<string, { readonly summary: string }>>,
  version: string,
): string {
  return [
    `sortition ${version}: datafiles of feature flags and experiments, checked, typed, compared, explained and served.`,
    '',
    'Usage: sortition <command> [arguments]',
    '',
    'Commands:',
    formatTable(
      Object.entries(commands).map(([name, { summary }]) => [name, summary]),
      '  ',
    ),
    '',
    'A datafile is a path, "-" for standard input, or an SDK key, whose datafile is fetched.',
    'Every command takes --json and --help, and ends with 0 when all is well, 1 when it found something, 2 when it could',
    'not do its work.',
  ].join('\n');
}

/** Formats the help of one command. */
export async function formatHelp(command: Command): Promise<string> {
  const usage = await renderUsage(
    defineCommand({
      meta: { name: `sortition ${command.name}`, description: command.summary },
      args: { ...command.args, ...COMMON_ARGS },
    }),
  );
  const text = [
    usage.trimEnd(),
    '',
    'EXAMPLES',
    '',
    ...command.examples.map((example) => `  ${example}`),
    '',
    'EXIT CODES',
    '',
    `  0  ${command.findings === '' ? 'the work is done' : 'all is well'}`,
    ...(command.findings === '' ? [] : [`  1  ${command.findings}`]),
    '  2  wrong usage, or an input that cannot be read',
  ].join('\n');
  return hasColour(process.stdout) ? text : stripVTControlCharacters(text);
}
