/** `sortition explain`: why a user gets a decision. */
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { DATAFILE_ARGS, readDatafile } from '../datafile-source.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { describeUnknownFlag } from '../known-flags.ts';
import { print, printJson } from '../terminal.ts';
import { readAttributes, USER_ARGS, USER_LISTS } from '../user-input.ts';

/** The command. */
export const explainCommand: Command = {
  name: 'explain',
  summary: 'Says step by step how a flag is decided for a user.',
  args: {
    datafile: { type: 'positional', description: 'Path, "-" or SDK key', required: true },
    flag: { type: 'string', description: 'Key of the flag', required: true, valueHint: 'key' },
    user: { type: 'string', description: 'Id of the user', required: true, valueHint: 'id' },
    ...USER_ARGS,
    ...DATAFILE_ARGS,
  },
  lists: USER_LISTS,
  examples: [
    'sortition explain datafile.json --flag checkout --user ada --attribute plan=gold',
    'curl -s https://example.com/datafile.json | sortition explain - --flag checkout --user ada --segment vip --json',
  ],
  findings: '',
  async run(call) {
    const flagKey = call.required('flag');
    const userId = call.required('user');
    const attributes = readAttributes(call.list('attribute'));
    const { text, config } = await readDatafile(call.positionals[0] as string, call.text('datafile-url'));
    const { createClient, createStaticConfig, formatExplanation } = await import('sortition');
    if (!config.flags.has(flagKey)) throw new CommandError(await describeUnknownFlag(config, flagKey));
    const client = createClient({ config: createStaticConfig({ datafile: text }), events: null, logger: false });
    const user = client.createUserContext(userId, attributes);
    if (call.list('segment').length > 0) user.qualifiedSegments = call.list('segment');
    const explanation = user.explain(flagKey);
    if (call.isSet('json')) printJson(explanation);
    else print(formatExplanation(explanation));
    await client.close();
    return EXIT_CODE.clean;
  },
};
