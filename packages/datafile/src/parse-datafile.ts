/** Parses a datafile into a project config. Static, polled, cached and streamed documents all come through here. */
import type { Problem, ProjectConfig } from '@sortition/core';
import { buildProjectConfig } from './build-project-config.ts';
import { type DatafileCheck, referenceCheck } from './dangling-references.ts';
import { createProblemList } from './problem-list.ts';
import { describe, type JsonObject, readJsonObject, refused } from './read-json.ts';
import { runAtOnce, type Steps } from './steps.ts';

/** A parsed datafile. */
export interface ParsedDatafile {
  readonly config: ProjectConfig;
  /** Entities and references that were skipped, one entry for each kind with a count; the rest of the config serves. */
  readonly problems: readonly Problem[];
}

const VERSIONS: ReadonlySet<unknown> = new Set(['2', '3', '4']);

/**
 * Parses a datafile of version 2, 3 or 4.
 *
 * A broken entity is skipped and listed in `problems`. The caller's object is copied, never kept or changed.
 *
 * @param datafile JSON text, its bytes in UTF-8 (`Buffer`, `Uint8Array`, `ArrayBuffer`), or the parsed object.
 * @throws SdkError `invalid-datafile` when the document is not a datafile.
 */
export function parseDatafile(datafile: string | object): ParsedDatafile {
  return parseWith(datafile, referenceCheck);
}

/** The same with another check, or without. */
export function parseWith(datafile: string | object, check: DatafileCheck | undefined): ParsedDatafile {
  return runAtOnce(parseDocument(readJsonObject(datafile), check));
}

/**
 * The second half of `parseDatafile`, in steps.
 *
 * @param document Ours alone: it is not copied.
 * @throws SdkError `invalid-datafile` when the object is not a datafile.
 */
export function* parseDocument(document: JsonObject, check: DatafileCheck | undefined): Steps<ParsedDatafile> {
  const { version } = document;
  if (!VERSIONS.has(version)) {
    const got = typeof version === 'string' ? `"${version.slice(0, 20)}"` : describe(version);
    throw refused(`expected "version" to be the string "2", "3" or "4", got ${got}`);
  }
  const problems = createProblemList();
  const config = yield* buildProjectConfig(document, problems, check);
  return { config, problems: problems.all() };
}
