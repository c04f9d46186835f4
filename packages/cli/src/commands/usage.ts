/** `sortition usage`: where code uses flags, and whether the datafile has them. */
import { LEVELS, reaches } from '../check/finding.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { DATAFILE_ARGS, readDatafile } from '../datafile-source.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { formatAnnotation } from '../github-annotation.ts';
import { count, paint, print, printJson } from '../terminal.ts';
import { findUsages, type Place } from '../usage/find-usages.ts';
import { reportUsages, type UsageReport } from '../usage/report-usages.ts';

const COLOURS = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/** The command. */
export const usageCommand: Command = {
  name: 'usage',
  summary: 'Lists where code uses flags and events: unknown ones, unused ones, stale ones.',
  args: {
    source: { type: 'positional', description: 'Files and folders of code', required: true },
    datafile: { type: 'string', description: 'Path, "-" or SDK key', required: true, valueHint: 'datafile' },
    level: {
      type: 'enum',
      options: [...LEVELS, 'never'],
      default: 'error',
      description: 'End with 1 from this level on',
    },
    format: {
      type: 'enum',
      options: ['text', 'json', 'github'],
      default: 'text',
      description: 'How to write the result',
    },
    ...DATAFILE_ARGS,
  },
  isVariadic: true,
  examples: [
    'sortition usage src --datafile datafile.json',
    'sortition usage src test --datafile "$SDK_KEY" --format github --level warning',
  ],
  findings: 'there is a finding of --level or above; unknown keys are errors, unused ones warnings',
  async run(call) {
    const level = call.choice('level', [...LEVELS, 'never']);
    const format = call.isSet('json') ? 'json' : call.choice('format', ['text', 'json', 'github']);
    const { config, name } = await readDatafile(call.required('datafile'), call.text('datafile-url'));
    const report = reportUsages(findUsages(await loadCompiler(), call.positionals), config);
    if (format === 'json') printJson(report);
    else if (format === 'text') print(formatUsages(report));
    else
      for (const { level, code, message, places } of report.findings)
        for (const place of places.length === 0 ? [{ file: name, line: 1 }] : places)
          print(formatAnnotation(level, { ...place, title: code }, message));
    const isFound = report.findings.some((finding) => level !== 'never' && reaches(finding.level, level));
    return isFound ? EXIT_CODE.findings : EXIT_CODE.clean;
  },
};

async function loadCompiler() {
  try {
    return (await import('typescript')).default;
  } catch {
    throw new CommandError(
      '"usage" reads code with the TypeScript compiler, which is not installed; run "npm install --save-dev typescript".',
    );
  }
}

function formatUsages({ used, findings }: UsageReport): string {
  const lines = used.map(
    ({ kind, key, places }) =>
      `${kind} ${paint('bold', key)}: ${count(places.length, 'place')}\n${formatPlaces(places)}`,
  );
  for (const { level, code, message, places } of findings)
    lines.push(
      `${paint(COLOURS[level], level)} ${code}: ${message}${places.length === 0 ? '' : `\n${formatPlaces(places)}`}`,
    );
  return lines.length === 0 ? 'No flag or event is used, and the datafile has none.' : lines.join('\n');
}

function formatPlaces(places: readonly Place[]): string {
  return places.map(({ file, line, column, call }) => `  ${file}:${line}:${column} ${call}`).join('\n');
}
