/** From a datafile to a project config: the one way in, for static, polled, cached and streamed documents alike. */
import type { Problem, ProjectConfig } from '@sortition/core';
import { buildProjectConfig } from './build-project-config.ts';
import { reportDanglingReferences } from './dangling-references.ts';
import { createProblemList } from './problem-list.ts';
import { describe, type JsonObject, readJsonObject, refused } from './read-json.ts';

/** A parsed datafile. */
export interface ParsedDatafile {
  readonly config: ProjectConfig;
  /** Entities and references that were skipped; the rest of the config serves. */
  readonly problems: readonly Problem[];
}

const VERSIONS: ReadonlySet<unknown> = new Set(['2', '3', '4']);

/**
 * Parses a datafile of version 2, 3 or 4.
 *
 * A broken entity is skipped and listed in `problems`. The caller's object is copied, never kept or changed.
 *
 * @throws SdkError `invalid-datafile` when the document is no datafile at all.
 */
export function parseDatafile(datafile: string | object): ParsedDatafile {
  return parseDocument(readJsonObject(datafile));
}

/**
 * The second half of `parseDatafile`, for a document read in a turn of its own.
 *
 * @param document Ours alone: it is not copied.
 * @throws SdkError `invalid-datafile` when the object is no datafile.
 */
export function parseDocument(document: JsonObject): ParsedDatafile {
  const { version } = document;
  if (!VERSIONS.has(version)) {
    const got = typeof version === 'string' ? `"${version.slice(0, 20)}"` : describe(version);
    throw refused(`expected "version" to be the string "2", "3" or "4", got ${got}`);
  }
  const problems = createProblemList();
  const config = buildProjectConfig(document, problems);
  reportDanglingReferences(config, problems);
  return { config, problems: problems.all() };
}
