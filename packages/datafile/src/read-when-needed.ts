/**
 * Reading the entities of a datafile when they are needed. The whole datafile is checked once: when a first mistake is
 * found, or when a client requests it after its first decision.
 */
import type { ConfigSource, Problem } from '@sortition/core';
import { buildDeferredConfig } from './deferred-config.ts';
import { type DatafileCheck, parseDocument, refuseOtherVersions } from './parse-document.ts';
import { readJsonObject } from './read-json.ts';
import { runAtOnce, runInTurns, whenIdle } from './steps.ts';

/** How a source reads its datafile: see `readWhenNeeded`. */
export type ReadWhenNeeded = (
  datafile: string | object,
  check: DatafileCheck | undefined,
) => Pick<ConfigSource, 'current' | 'problems' | 'watchProblems'>;

/**
 * Reads a rule, flag or audience when a decision first needs it, so that a client is created in little more than the
 * time of `JSON.parse`. Pass it as `reading` to `createStaticConfig`. Decisions are the same. Problems are reported
 * when a broken entity is read, at the latest; a client with a logger or a listener for problems checks the whole
 * datafile after its first decision, a few milliseconds at a time.
 */
export const readWhenNeeded: ReadWhenNeeded = (datafile, check) => {
  const document = readJsonObject(datafile);
  refuseOtherVersions(document);
  let found: readonly Problem[] | undefined;
  let inTurns: Promise<void> | undefined;
  const watching = new Set<(problems: readonly Problem[]) => void>();
  const settle = (problems: readonly Problem[]): readonly Problem[] => {
    found ??= problems;
    for (const tell of watching) {
      watching.delete(tell);
      tell(found);
    }
    return found;
  };
  const problems = () => found ?? settle(runAtOnce(parseDocument(document, check)).problems);
  const search = async (): Promise<void> => {
    // Neither during the call that starts the check, nor while a page is busy.
    await whenIdle();
    if (found === undefined) settle((await runInTurns(parseDocument(document, check), whenIdle)).problems);
  };
  const config = buildDeferredConfig(document, () => void problems());
  return {
    current: () => config,
    problems,
    watchProblems(tell) {
      if (found === undefined) watching.add(tell);
      else tell(found);
      return {
        search() {
          inTurns ??= search();
          return inTurns;
        },
        leave: () => void watching.delete(tell),
      };
    },
  };
};
