/** Projects: finds the project of a request. */
import type { RequestHeaders } from './exchange.ts';
import { RequestError } from './request-error.ts';
import type { ProjectOptions } from './server-options.ts';

/** The header that names a project, as the agent has it. */
export const SDK_KEY_HEADER = 'X-Optimizely-SDK-Key';
const LOWER_CASE_HEADER = 'x-optimizely-sdk-key';

/** Finds projects by SDK key. */
export interface Projects {
  readonly all: readonly ProjectOptions[];
  /** The project of an SDK key. @throws RequestError 403 for an unknown key */
  named(sdkKey: string): ProjectOptions;
  /** The project that the header names. @throws RequestError 400 without the header, 403 for an unknown key */
  required(headers: RequestHeaders): ProjectOptions;
  /**
   * The project that the header names, or the first project without a header. @throws RequestError 403 for an unknown
   * key
   */
  orDefault(headers: RequestHeaders): ProjectOptions;
}

/** @param projects At least one. */
export function createProjects(projects: readonly ProjectOptions[]): Projects {
  const byKey = new Map(projects.map((project) => [project.sdkKey, project]));
  const find = (value: string): ProjectOptions => {
    // The agent accepts "key:token" with an access token for the datafile; ours is in the configuration.
    const project = byKey.get(value) ?? byKey.get(value.slice(0, Math.max(0, value.indexOf(':'))));
    if (project === undefined) throw new RequestError(403, 'The SDK key is not one that this server serves.');
    return project;
  };
  return {
    all: projects,
    named: find,
    required(headers) {
      const value = headers.get(LOWER_CASE_HEADER);
      if (value === null || value === '') throw new RequestError(400, `missing required ${SDK_KEY_HEADER} header`);
      return find(value);
    },
    orDefault(headers) {
      const value = headers.get(LOWER_CASE_HEADER);
      return value === null || value === '' ? (projects[0] as ProjectOptions) : find(value);
    },
  };
}
