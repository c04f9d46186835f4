/** Converts an existing datafile to code that builds an equivalent datafile. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDatafile } from '@sortition/authoring';
import { parseDatafile } from '@sortition/datafile';
import type { Call } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { readDatafile } from '../datafile-source.ts';
import { compareDecisions } from '../diff/compare-decisions.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Json } from '../json-value.ts';
import { count, printJson, tell } from '../terminal.ts';
import { simulateUsers } from '../users/simulated-users.ts';
import { writeText } from '../write-file.ts';
import type { BuildSettings } from './build-folder.ts';
import { IMPORTED_FILE, listFlagFiles } from './flag-files.ts';
import { importProject } from './import-project.ts';
import { formatLock } from './lock-file.ts';

/** Imports into a folder without flags. @throws CommandError */
export async function importFolder(
  call: Call,
  { folder, lockPath, source, users }: BuildSettings & { readonly source: string },
): Promise<ExitCode> {
  const found = await readDatafile(source, call.text('datafile-url'));
  await mkdir(folder, { recursive: true });
  const present = listFlagFiles(folder);
  if (present.length > 0)
    throw new CommandError(
      `The folder "${folder}" has flags already, such as ${present[0]}; import into an empty one.`,
    );
  const project = importProject(found.document, found.config);
  const { datafile } = buildDatafile(project.definitions, { previous: found.document });
  const { config } = parseDatafile(datafile);
  const comparison = await compareDecisions(found.config, config, simulateUsers([found.config], users));
  const file = join(folder, IMPORTED_FILE);
  if (comparison.flags.length > 0)
    throw new CommandError(
      `The code of ${found.name} would decide differently for ${count(comparison.changed, 'user')} of ${users}; nothing was written. Please report the datafile.`,
    );
  const name = call.text('environment') ?? 'default';
  await writeText(file, project.code);
  await writeText(lockPath, formatLock({ environments: { [name]: datafile as Json }, moves: [] }));
  const result = {
    flags: config.flags.size,
    asInDatafile: project.asInDatafile,
    simulated: users,
    written: [file, lockPath],
  };
  if (call.isSet('json')) printJson(result);
  else {
    tell(`${file}: ${count(config.flags.size, 'flag')}; ${count(users, 'simulated user')} get what they got.`);
    if (project.asInDatafile > 0)
      tell(
        `Copied from the datafile, because @sortition/authoring has no function for it: ${count(project.asInDatafile, 'part')}.`,
      );
  }
  return EXIT_CODE.clean;
}
