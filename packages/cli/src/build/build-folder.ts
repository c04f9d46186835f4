/**
 * Builds the flags of a folder into a datafile. First checks that all assertions pass and that no user moves to another
 * variation by accident.
 */
import { buildDatafile, type Move } from '@sortition/authoring';
import type { ProjectConfig } from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';
import { rulesOf } from '../check/rule-facts.ts';
import type { Call } from '../command.ts';
import { CommandError, reasonOf } from '../command-error.ts';
import { compareDecisions, type DecisionComparison } from '../diff/compare-decisions.ts';
import { compareProjects } from '../diff/compare-projects.ts';
import { formatDiff } from '../diff/format-diff.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Json } from '../json-value.ts';
import { count, hasColour, printJson, tell } from '../terminal.ts';
import { simulateUsers } from '../users/simulated-users.ts';
import { readWritten, writeText } from '../write-file.ts';
import { loadDefinitions } from './load-definitions.ts';
import { formatLock, type LockFile, readLock } from './lock-file.ts';
import { tryAssertion } from './try-assertions.ts';

/** Where to build, and how many users to simulate. */
export interface BuildSettings {
  readonly folder: string;
  readonly lockPath: string;
  readonly users: number;
}

/** Builds and writes, or reports why it cannot. @throws CommandError */
export async function buildFolder(call: Call, { folder, lockPath, users }: BuildSettings): Promise<ExitCode> {
  const environment = call.text('environment');
  const output = call.text('output') as string;
  const lock = readLock(lockPath);
  const name = environment ?? 'default';
  const previous = Object.hasOwn(lock.environments, name) ? lock.environments[name] : undefined;
  const { definitions, assertions } = await loadDefinitions(folder);
  const built = build(definitions, previous, environment);
  const { config } = parseDatafile(built.datafile);
  const failures = assertions.flatMap(({ name: assertion, assertion: tried }) =>
    tryAssertion(tried, config).map((message) => ({ assertion, message })),
  );
  const before = previous === undefined ? undefined : parseDatafile(previous).config;
  const comparison =
    before === undefined ? undefined : await compareDecisions(before, config, simulateUsers([before, config], users));
  const isMoving = built.moves.length > 0 || (comparison !== undefined && leavesExperiments(before, comparison));
  const reason =
    isMoving && failures.length === 0
      ? (call.text('allow-moves') ?? (await askForReason(call, comparison)))
      : undefined;
  const isRefused = failures.length > 0 || (isMoving && reason === undefined);
  const text = `${JSON.stringify(built.datafile, null, 2)}\n`;
  const nextLock: LockFile = {
    environments: { ...lock.environments, [name]: built.datafile as Json },
    moves:
      reason === undefined
        ? lock.moves
        : [...lock.moves, { environment: name, revision: config.revision, reason, moves: built.moves }],
  };
  const stale = [
    ...(readWritten(output) === text ? [] : [output]),
    ...(readWritten(lockPath) === formatLock(nextLock) ? [] : [lockPath]),
  ];
  const isWritten = !isRefused && !call.isSet('check');
  if (isWritten) {
    await writeText(output, text);
    await writeText(lockPath, formatLock(nextLock));
  }
  if (call.isSet('json'))
    printJson({
      flags: config.flags.size,
      revision: config.revision,
      assertions: assertions.length,
      failures,
      moves: built.moves,
      users: comparison ?? null,
      stale: call.isSet('check') ? stale : [],
      written: isWritten ? [output, lockPath] : [],
    });
  else {
    for (const { assertion, message } of failures) tell(`failed: ${assertion}\n  ${message}`);
    if (before !== undefined && comparison !== undefined && (isMoving || comparison.changed > 0))
      tell(
        formatDiff({
          before: { name: lockPath, revision: before.revision },
          after: { name: output, revision: config.revision },
          changes: compareProjects(before, config),
          users: comparison,
        }),
      );
    tellOutcome();
  }
  return isRefused || (call.isSet('check') && stale.length > 0) ? EXIT_CODE.findings : EXIT_CODE.clean;

  function tellOutcome(): void {
    if (failures.length > 0)
      tell(`${count(failures.length, 'assertion')} of ${assertions.length} failed; nothing was written.`);
    else if (isRefused) {
      for (const move of built.moves) tell(describeMove(move));
      tell(
        'Users would get another variation, and nothing was written; give a reason with --allow-moves "<reason>", which is recorded, or change the flags.',
      );
    } else if (call.isSet('check')) {
      if (stale.length > 0)
        tell(
          `${stale.join(' and ')} ${stale.length === 1 ? 'is' : 'are'} not up to date; run "sortition build" without --check.`,
        );
    } else
      tell(
        `${output}: revision ${config.revision}, ${count(config.flags.size, 'flag')}, ${count(assertions.length, 'assertion')} held${stale.length === 0 ? ' (unchanged)' : ''}`,
      );
  }
}

function build(
  definitions: Parameters<typeof buildDatafile>[0],
  previous: Json | undefined,
  environment: string | undefined,
) {
  try {
    return buildDatafile(definitions, { previous, environment });
  } catch (error) {
    throw new CommandError(reasonOf(error));
  }
}

/** Returns whether users of an experiment get another variation, which would affect its results. */
function leavesExperiments(before: ProjectConfig | undefined, { flags }: DecisionComparison): boolean {
  if (before === undefined) return false;
  return flags.some(({ flagKey, moves }) => {
    const experiments = new Set(rulesOf(before, flagKey).experiments.map(({ key }) => key));
    return moves.some(
      ({ from, to, why }) =>
        why.code !== 'values' && from.variation !== to.variation && experiments.has(from.rule ?? ''),
    );
  });
}

function describeMove({ flagKey, ruleKey, movedShare, reason }: Move): string {
  const of = flagKey === null ? '' : ` of flag "${flagKey}"`;
  const share = `${Number(movedShare.toFixed(2))} % of all traffic`;
  return reason === 'removed'
    ? `Rule "${ruleKey}"${of} is gone, which served ${share}.`
    : `The split of "${ruleKey}"${of} takes ${share} from its variation.`;
}

/** Asks for the reason on a terminal. */
async function askForReason(call: Call, comparison: DecisionComparison | undefined): Promise<string | undefined> {
  if (!process.stdin.isTTY || !hasColour(process.stderr) || call.isSet('json') || call.isSet('check')) return undefined;
  const { isCancel, text } = await import('@clack/prompts');
  const users = comparison === undefined ? 'Users' : `${count(comparison.changed, 'user')} of ${comparison.simulated}`;
  const reason = await text({
    message: `${users} would get another variation. Why may they? (leave empty to stop)`,
    output: process.stderr,
  });
  return isCancel(reason) || !reason ? undefined : reason;
}
