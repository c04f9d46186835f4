/** `POST /v1/override`: a variation forced for one user and experiment, for testing. Off unless the server has a store. */
import type { ProjectInfo, UserContext } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { RequestError } from '../request-error.ts';
import type { OverrideStore, ProjectOptions } from '../server-options.ts';
import { readText, readUserId } from './user-request.ts';

/** Stores overrides: one entry per user and project, from experiment key to variation key. */
export interface Overrides {
  of(project: ProjectOptions, userId: string): Promise<Readonly<Record<string, string>>>;
  set(project: ProjectOptions, userId: string, overrides: Readonly<Record<string, string>>): Promise<void>;
}

/** The response of `/v1/override`. */
export interface OverrideRow {
  readonly userId: string;
  readonly experimentKey: string;
  readonly variationKey: string;
  readonly prevVariationKey: string;
  readonly messages: readonly string[];
}

/** Creates overrides over a store. */
export function createOverrides(store: OverrideStore): Overrides {
  const keyOf = ({ sdkKey }: ProjectOptions, userId: string): string => `${sdkKey}:${userId}`;
  return {
    async of(project, userId) {
      try {
        const text = await store.getItem(keyOf(project, userId));
        const entry: unknown = text === null || text === undefined ? null : JSON.parse(text);
        if (typeof entry !== 'object' || entry === null) return {};
        return Object.fromEntries(
          Object.entries(entry).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
        );
      } catch {
        // Decisions continue without overrides that cannot be read; `set` reports a failing store.
        return {};
      }
    },
    async set(project, userId, overrides) {
      if (Object.keys(overrides).length === 0) await store.removeItem(keyOf(project, userId));
      else await store.setItem(keyOf(project, userId), JSON.stringify(overrides));
    },
  };
}

/** Sets, changes or removes an override. @throws RequestError 403 without a store, 400 for fields that are missing, 500 */
export async function override(
  project: ProjectOptions,
  overrides: Overrides | undefined,
  body: JsonObject,
): Promise<OverrideRow> {
  if (overrides === undefined) throw new RequestError(403, 'Overrides not enabled');
  const userId = readUserId(body);
  const experimentKey = readText(body.experimentKey ?? '', 'experimentKey');
  if (experimentKey === '') throw new RequestError(400, 'experimentKey cannot be empty');
  const variationKey = readText(body.variationKey ?? '', 'variationKey');
  const { [experimentKey]: previous = '', ...others } = await overrides.of(project, userId);
  const messages = describe(project.client.getProjectInfo(), experimentKey, variationKey, previous);
  const next = variationKey === '' ? others : { ...others, [experimentKey]: variationKey };
  try {
    await overrides.set(project, userId, next);
  } catch {
    throw new RequestError(500, 'The store of overrides failed; nothing was changed.');
  }
  return { userId, experimentKey, variationKey, prevVariationKey: previous, messages };
}

/** Forces the user's overrides, in the experiments and in every flag that has them. */
export async function applyOverrides(
  project: ProjectOptions,
  overrides: Overrides | undefined,
  user: UserContext,
): Promise<void> {
  if (overrides === undefined) return;
  const found = Object.entries(await overrides.of(project, user.userId));
  if (found.length === 0) return;
  const flags = Object.values(project.client.getProjectInfo()?.flags ?? {});
  for (const [ruleKey, variationKey] of found) {
    // For experiments that are decided by their own key.
    user.setForcedDecision({ flagKey: '', ruleKey }, { variationKey });
    for (const flag of flags) {
      if (flag?.experimentRules.some(({ key }) => key === ruleKey)) {
        user.setForcedDecision({ flagKey: flag.key, ruleKey }, { variationKey });
      }
    }
  }
}

function describe(info: ProjectInfo | null, experimentKey: string, variationKey: string, previous: string): string[] {
  const messages: string[] = [];
  const experiment = info?.experiments[experimentKey];
  if (experiment === undefined) messages.push('experimentKey not found in configuration');
  else if (variationKey !== '' && !Object.hasOwn(experiment.variations, variationKey)) {
    messages.push('variationKey not found in configuration');
  }
  if (variationKey === '' && previous === '') messages.push('no pre-existing override');
  else if (previous !== '' && variationKey !== '') messages.push('updating previous override');
  return messages;
}
