/** `POST /v1/activate`: decisions by flag or experiment key, with the fields of the agent's older route. */
import { type DecideOption, type Decision, decisionDetails, type UserContext } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { RequestError } from '../request-error.ts';
import type { ProjectOptions } from '../server-options.ts';
import { applyOverrides, type Overrides } from './override.ts';
import { createUser } from './user-request.ts';

/** A row of the response of `/v1/activate`. */
export interface ActivationRow {
  readonly userId: string;
  readonly experimentKey: string;
  readonly featureKey: string;
  readonly variationKey: string;
  readonly type: 'feature' | 'experiment' | '';
  readonly enabled: boolean;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** `''`, or why there is no decision. */
  readonly error: string;
}

const TRACKED: readonly DecideOption[] = [];
const UNTRACKED: readonly DecideOption[] = ['DISABLE_DECISION_EVENT'];

/**
 * Decides every key that the query names.
 *
 * @param query `featureKey`, `experimentKey` and `type` may each come several times; `enabled` filters the response;
 * `disableTracking=true` sends no impressions.
 * @throws RequestError 400
 */
export async function activate(
  project: ProjectOptions,
  overrides: Overrides | undefined,
  query: URLSearchParams,
  body: JsonObject,
): Promise<readonly ActivationRow[]> {
  const info = project.client.getProjectInfo();
  const flags = new Set<string>();
  const experiments = new Set<string>();
  for (const type of query.getAll('type')) {
    if (type === 'feature') for (const key of Object.keys(info?.flags ?? {})) flags.add(key);
    else if (type === 'experiment') for (const key of Object.keys(info?.experiments ?? {})) experiments.add(key);
    else throw new RequestError(400, `type "${type.slice(0, 64)}" not supported`);
  }
  for (const key of query.getAll('featureKey')) flags.add(key);
  for (const key of query.getAll('experimentKey')) experiments.add(key);
  const user = createUser(project.client, body);
  await applyOverrides(project, overrides, user);
  const options = query.get('disableTracking') === 'true' ? UNTRACKED : TRACKED;
  const rows: ActivationRow[] = [];
  for (const key of experiments)
    rows.push(await activateExperiment(user, key, Object.hasOwn(info?.experiments ?? {}, key), options));
  const decisions = flags.size === 0 ? {} : await user.decideForKeysAsync([...flags], options);
  for (const key of flags) rows.push(toFlagRow(user, key, Object.hasOwn(info?.flags ?? {}, key), decisions[key]));
  const enabled = query.get('enabled');
  if (enabled === null || enabled === '') return rows;
  return rows.filter((row) => String(row.enabled) === enabled);
}

async function activateExperiment(
  user: UserContext,
  experimentKey: string,
  isKnown: boolean,
  options: readonly DecideOption[],
): Promise<ActivationRow> {
  const empty = { userId: user.userId, experimentKey, featureKey: '', variationKey: '', enabled: false };
  if (!isKnown) return { ...empty, type: '', error: 'experimentKey not found' };
  const { variationKey } = await user.decideExperimentAsync(experimentKey, options);
  return { ...empty, variationKey: variationKey ?? '', type: 'experiment', enabled: variationKey !== null, error: '' };
}

function toFlagRow(
  user: UserContext,
  featureKey: string,
  isKnown: boolean,
  decision: Decision | undefined,
): ActivationRow {
  const empty = { userId: user.userId, experimentKey: '', featureKey, variationKey: '', enabled: false };
  if (!isKnown || decision === undefined) return { ...empty, type: '', error: 'featureKey not found' };
  const isExperiment = decisionDetails(decision)?.ruleType === 'feature-test';
  return {
    ...empty,
    experimentKey: isExperiment ? (decision.ruleKey ?? '') : '',
    variationKey: isExperiment ? (decision.variationKey ?? '') : '',
    type: 'feature',
    enabled: decision.enabled,
    variables: decision.variables,
    error: '',
  };
}
