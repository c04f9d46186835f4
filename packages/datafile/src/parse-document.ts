/** Turns a JSON object into a config. Static, polled, cached and streamed documents all use this module. */
import type { Problem, ProjectConfig } from '@sortition/core';
import { buildProjectConfig } from './build-project-config.ts';
import type { CreateReferenceCheck } from './dangling-references.ts';
import { createProblemCount, type ProblemList } from './problem-list.ts';
import { describe, type JsonObject, readJsonObject, refused } from './read-json.ts';
import { runAtOnce, type Steps } from './steps.ts';

/** A parsed datafile. */
export interface ParsedDatafile {
  readonly config: ProjectConfig;
  /** Skipped entities and references, one entry per kind with a count; the rest of the config is used. */
  readonly problems: readonly Problem[];
}

/** How a datafile is checked: see `datafileCheck`. */
export interface DatafileCheck {
  createProblemList(): ProblemList;
  createReferenceCheck: CreateReferenceCheck;
}

const VERSIONS: ReadonlySet<unknown> = new Set(['2', '3', '4']);

/** Parses a datafile at once. @throws SdkError `invalid-datafile` when the document is not a datafile. */
export function parseWith(datafile: string | object, check: DatafileCheck | undefined): ParsedDatafile {
  return runAtOnce(parseDocument(readJsonObject(datafile), check));
}

/**
 * Parses a document in steps.
 *
 * @param document Not copied, so only this module may have it.
 * @throws SdkError `invalid-datafile` when the object is not a datafile.
 */
export function* parseDocument(document: JsonObject, check: DatafileCheck | undefined): Steps<ParsedDatafile> {
  refuseOtherVersions(document);
  const problems = check?.createProblemList() ?? createProblemCount();
  const config = yield* buildProjectConfig(document, problems, check?.createReferenceCheck);
  return { config, problems: problems.all() };
}

/** @throws SdkError `invalid-datafile` when the object is not a datafile. */
export function refuseOtherVersions({ version }: JsonObject): void {
  if (VERSIONS.has(version)) return;
  const got = typeof version === 'string' ? `"${version.slice(0, 20)}"` : describe(version);
  throw refused(`expected "version" to be the string "2", "3" or "4", got ${got}`);
}
