/** `sortition types`: generates a module with the types of a datafile. */
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { DATAFILE_ARGS, readDatafile } from '../datafile-source.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { count, print, printJson, tell } from '../terminal.ts';
import { formatTypes } from '../types/flag-types.ts';
import { readWritten, writeText } from '../write-file.ts';

/** The command. */
export const typesCommand: Command = {
  name: 'types',
  summary: 'Writes TypeScript types of flags, events and attributes.',
  args: {
    datafile: { type: 'positional', description: 'Path, "-" or SDK key', required: true },
    output: {
      type: 'string',
      alias: 'o',
      description: 'File to write; standard output unless given',
      valueHint: 'file',
    },
    check: {
      type: 'boolean',
      description: 'Write nothing; end with 1 when the file of --output is not what would be written',
    },
    openfeature: { type: 'boolean', description: 'Also narrow the flag keys of OpenFeature clients' },
    ...DATAFILE_ARGS,
  },
  examples: [
    'sortition types datafile.json -o src/flags.ts',
    'sortition types datafile.json -o src/flags.ts --check',
    'sortition types "$SDK_KEY" --openfeature > src/flags.ts',
  ],
  findings: 'with --check: the file is missing or stale',
  async run(call) {
    const output = call.text('output');
    if (call.isSet('check') && output === undefined)
      throw new CommandError('--check has no file to compare with; name it with --output.');
    const { config } = await readDatafile(call.positionals[0] as string, call.text('datafile-url'));
    const text = formatTypes(config, { openFeature: call.isSet('openfeature') });
    const counts = { flags: config.flags.size, events: config.events.size, attributes: config.attributes.size };
    if (output === undefined) {
      if (call.isSet('json')) printJson({ ...counts, text });
      else print(text.trimEnd());
      return EXIT_CODE.clean;
    }
    const before = readWritten(output);
    const isStale = before !== text;
    if (call.isSet('json')) printJson({ ...counts, output, stale: isStale });
    if (call.isSet('check')) {
      if (!isStale) return EXIT_CODE.clean;
      tell(
        `${output} ${before === undefined ? 'does not exist' : 'is not up to date'}; run "sortition types" without --check to write it.`,
      );
      return EXIT_CODE.findings;
    }
    if (isStale) await writeText(output, text);
    if (!call.isSet('json'))
      tell(
        `${output}: ${count(counts.flags, 'flag')}, ${count(counts.events, 'event')}, ${count(counts.attributes, 'attribute')}${isStale ? '' : ' (unchanged)'}`,
      );
    return EXIT_CODE.clean;
  },
};
