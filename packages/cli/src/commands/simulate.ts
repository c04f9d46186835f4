/** `sortition simulate`: the observed split beside the configured one. */
import type { Command } from '../command.ts';
import { DATAFILE_ARGS, readDatafile } from '../datafile-source.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { formatSimulation, formatSimulationCsv } from '../simulate/format-simulation.ts';
import { print, printJson } from '../terminal.ts';
import { findUsers, USERS_ARGS } from '../users/user-source.ts';

/** The command. */
export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'Decides for many users: the observed split beside the configured one, per rule, and overlaps.',
  args: {
    datafile: { type: 'positional', description: 'Path, "-" or SDK key', required: true },
    ...USERS_ARGS,
    format: { type: 'enum', options: ['text', 'json', 'csv'], default: 'text', description: 'How to write the result' },
    ...DATAFILE_ARGS,
  },
  examples: [
    'sortition simulate datafile.json',
    'sortition simulate datafile.json --users 1000000 --format csv > splits.csv',
    'sortition simulate datafile.json --attributes customers.csv --json',
  ],
  findings: 'the split of a rule is not the configured one, by a chi-square test at 0.001 for all rules together',
  async run(call) {
    const format = call.isSet('json') ? 'json' : call.choice('format', ['text', 'json', 'csv']);
    const { config } = await readDatafile(call.positionals[0] as string, call.text('datafile-url'));
    const { simulate } = await import('../simulate/simulate.ts'); // with the tables of the statistics
    const simulation = await simulate(config, await findUsers(call, [config]));
    if (format === 'json') printJson(simulation);
    else print(format === 'csv' ? formatSimulationCsv(simulation) : formatSimulation(simulation));
    return simulation.rules.every(({ ok }) => ok) ? EXIT_CODE.clean : EXIT_CODE.findings;
  },
};
