/** `sortition check`: what is wrong with datafiles. */
import { readEarlierRevision } from '../check/earlier-revision.ts';
import { type Finding, LEVELS, reaches } from '../check/finding.ts';
import type { Command } from '../command.ts';
import { DATAFILE_ARGS, findDatafile, parseFound, type ReadDatafile, readDatafile } from '../datafile-source.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { print, printJson } from '../terminal.ts';

/** The command. */
export const checkCommand: Command = {
  name: 'check',
  summary: 'Reports what is wrong with datafiles, with place, reason and hint.',
  args: {
    datafile: { type: 'positional', description: 'Paths, "-" or SDK keys', required: true },
    level: {
      type: 'enum',
      options: [...LEVELS, 'never'],
      default: 'warning',
      description: 'End with 1 from this level on',
    },
    format: {
      type: 'enum',
      options: ['text', 'json', 'github'],
      default: 'text',
      description: 'How to write findings',
    },
    earlier: {
      type: 'string',
      description: 'An earlier revision: flags that serve everyone the same in both are reported',
      valueHint: 'datafile',
    },
    'stale-after': {
      type: 'string',
      description: 'Days: take the earlier revision from the git history of the file',
      valueHint: 'days',
    },
    ...DATAFILE_ARGS,
  },
  isVariadic: true,
  examples: [
    'sortition check datafile.json',
    'sortition check environments/*.json --format github --level error',
    'sortition check datafile.json --stale-after 90',
    'curl -s https://example.com/datafile.json | sortition check - --json',
  ],
  findings: 'there is a finding of --level or above',
  async run(call) {
    const level = call.choice('level', [...LEVELS, 'never']);
    const format = call.isSet('json') ? 'json' : call.choice('format', ['text', 'json', 'github']);
    const days = call.isSet('stale-after') ? call.number('stale-after', { least: 1, most: 10_000 }) : undefined;
    const url = call.text('datafile-url');
    const earlierSource = call.text('earlier');
    const earlier = earlierSource === undefined ? undefined : await readDatafile(earlierSource, url);
    const { checkDocument } = await import('../check/check-document.ts');
    const checked: { found: ReadDatafile; findings: readonly Finding[] }[] = [];
    for (const source of call.positionals) {
      const found = await parseFound(await findDatafile(source, url));
      const past = earlier?.config ?? (days === undefined ? undefined : await readPast(found, days));
      checked.push({ found, findings: checkDocument({ ...found, earlier: past }) });
    }
    if (format === 'json') {
      const problems = checked.flatMap(({ found, findings }) =>
        findings.map((finding) => ({ datafile: found.name, ...finding })),
      );
      printJson({ problems });
    } else if (format === 'github') {
      const { formatAnnotations } = await import('../check/format-findings.ts');
      for (const { found, findings } of checked)
        if (findings.length > 0) print(formatAnnotations(found.name, found.text, findings));
    } else {
      const { formatFindings } = await import('../check/format-findings.ts');
      for (const { found, findings } of checked) print(formatFindings(found.name, findings));
    }
    const isFound = checked.some(({ findings }) =>
      findings.some((finding) => level !== 'never' && reaches(finding.level, level)),
    );
    return isFound ? EXIT_CODE.findings : EXIT_CODE.clean;
  },
};

async function readPast({ path, name }: ReadDatafile, days: number) {
  const text = path === undefined ? undefined : readEarlierRevision(path, days);
  if (text === undefined) return undefined;
  return (await parseFound({ name: `${name} of ${days} days ago`, path: undefined, text })).config;
}
