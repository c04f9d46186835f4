/** `sortition find-user`: finds user ids that get a variation. */
import { createUserSnapshot, decide, withSegments } from '@sortition/core';
import { variationKeysOf } from '../check/rule-facts.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { DATAFILE_ARGS, readDatafile } from '../datafile-source.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { describeUnknownFlag, describeUnknownVariation } from '../known-flags.ts';
import { print, printJson, tell } from '../terminal.ts';
import { readAttributes, USER_ARGS, USER_LISTS } from '../user-input.ts';

/** Enough to find the smallest possible share, 0.01 %, in all but one of 400 million searches. */
const CANDIDATES = 200_000;

/** The command. */
export const findUserCommand: Command = {
  name: 'find-user',
  summary: 'Finds ids of users who land in a variation, for tests and demonstrations.',
  args: {
    datafile: { type: 'positional', description: 'Path, "-" or SDK key', required: true },
    flag: { type: 'string', description: 'Key of the flag', required: true, valueHint: 'key' },
    variation: { type: 'string', description: 'Key of the variation', required: true, valueHint: 'key' },
    count: { type: 'string', default: '1', description: 'How many ids', valueHint: 'number' },
    prefix: { type: 'string', default: 'user-', description: 'What the ids begin with', valueHint: 'text' },
    ...USER_ARGS,
    ...DATAFILE_ARGS,
  },
  lists: USER_LISTS,
  examples: [
    'sortition find-user datafile.json --flag checkout --variation one_page --attribute plan=gold',
    'sortition find-user datafile.json --flag checkout --variation classic --count 5 --json',
  ],
  findings: 'no id was found',
  async run(call) {
    const flagKey = call.required('flag');
    const variationKey = call.required('variation');
    const attributes = readAttributes(call.list('attribute'));
    const count = call.number('count', { least: 1, most: 10_000 });
    const { config } = await readDatafile(call.positionals[0] as string, call.text('datafile-url'));
    if (!config.flags.has(flagKey)) throw new CommandError(await describeUnknownFlag(config, flagKey));
    const keys = variationKeysOf(config, flagKey);
    const found: string[] = [];
    const isKnown = keys.includes(variationKey);
    for (const userId of isKnown ? candidates(call.text('prefix') ?? '', config.rules.values()) : []) {
      const user = createUserSnapshot(userId, attributes);
      const segments = call.list('segment');
      const asked = segments.length === 0 ? user : withSegments(user, new Set(segments));
      if (decide(config, asked, flagKey).variation?.key === variationKey) found.push(userId);
      if (found.length === count) break;
    }
    if (call.isSet('json')) printJson({ flagKey, variationKey, userIds: found });
    else for (const userId of found) print(userId);
    if (found.length > 0) return EXIT_CODE.clean;
    tell(
      isKnown
        ? `None of ${CANDIDATES.toLocaleString('en-US')} users gets variation "${variationKey}" of flag "${flagKey}"; give the attributes its rules ask for, or look at "sortition explain".`
        : describeUnknownVariation(flagKey, variationKey, keys),
    );
    return EXIT_CODE.findings;
  },
};

/** Generated ids first, because users on allow-lists are real. */
function* candidates(
  prefix: string,
  rules: Iterable<{ readonly allowList: ReadonlyMap<string, string> | undefined }>,
): Generator<string> {
  for (let number = 1; number <= CANDIDATES; number += 1) yield `${prefix}${number}`;
  for (const { allowList } of rules) yield* allowList?.keys() ?? [];
}
