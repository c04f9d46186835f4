/** `sortition build`: flags as code into a datafile, and a datafile into code. */
import { join } from 'node:path';
import { IMPORTED_FILE } from '../build/flag-files.ts';
import type { Command } from '../command.ts';
import { DATAFILE_ARGS } from '../datafile-source.ts';

/** The command. */
export const buildCommand: Command = {
  name: 'build',
  summary: 'Builds a datafile from flags as code, after its assertions hold and no user moves by accident.',
  args: {
    folder: { type: 'positional', description: 'Folder with *.flags.ts and *.flags.test.ts', required: true },
    output: {
      type: 'string',
      alias: 'o',
      default: 'datafile.json',
      description: 'Datafile to write',
      valueHint: 'file',
    },
    lock: { type: 'string', description: 'Lock file; <folder>/sortition.lock.json unless given', valueHint: 'file' },
    environment: {
      type: 'string',
      description: 'Take the rules that flags have for this environment',
      valueHint: 'name',
    },
    'allow-moves': {
      type: 'string',
      description: 'Why users may get another variation; recorded in the lock file',
      valueHint: 'reason',
    },
    check: { type: 'boolean', description: 'Write nothing; end with 1 when datafile or lock file are not up to date' },
    from: {
      type: 'string',
      description: `Write the code of an existing datafile into <folder>/${IMPORTED_FILE}`,
      valueHint: 'datafile',
    },
    users: {
      type: 'string',
      description: 'How many users to simulate; 10,000, and 100,000 with --from',
      valueHint: 'number',
    },
    ...DATAFILE_ARGS,
  },
  examples: [
    'sortition build flags -o public/datafile.json',
    'sortition build flags --environment staging -o staging.json',
    'sortition build flags --allow-moves "the redesign is over"',
    'sortition build flags --check',
    'sortition build flags --from datafile.json',
  ],
  findings: 'an assertion does not hold, users would move without --allow-moves, or with --check something is stale',
  async run(call) {
    const folder = call.positionals[0] as string;
    const lockPath = call.text('lock') ?? join(folder, 'sortition.lock.json');
    const source = call.text('from');
    const users = call.isSet('users')
      ? call.number('users', { least: 0, most: 10_000_000 })
      : source === undefined
        ? 10_000
        : 100_000;
    // The builder loads many modules, which help does not need.
    if (source !== undefined) {
      const { importFolder } = await import('../build/import-folder.ts');
      return importFolder(call, { folder, lockPath, source, users });
    }
    const { buildFolder } = await import('../build/build-folder.ts');
    return buildFolder(call, { folder, lockPath, users });
  },
};
