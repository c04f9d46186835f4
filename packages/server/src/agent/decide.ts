/** `POST /v1/decide`: decisions of one flag, several, or all. */
import { DecideOption, type Decision, SegmentOption, type UserContext } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { jsonText } from '../json-text.ts';
import { RequestError } from '../request-error.ts';
import type { ProjectOptions } from '../server-options.ts';
import { applyOverrides, type Overrides } from './override.ts';
import { createUser, readRecord, readText, readTexts } from './user-request.ts';

/** What `/v1/decide` answers for one flag. */
interface DecisionRow {
  readonly variationKey: string;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly ruleKey: string;
  readonly flagKey: string;
  readonly userContext: { readonly userId: string; readonly attributes: Readonly<Record<string, unknown>> };
  readonly reasons: readonly string[];
  /** Whether the last delivery of the flag decided. */
  readonly isEveryoneElseVariation: boolean;
}

/**
 * Decides, and returns the answer as JSON text.
 *
 * @param keys One key answers one object, several a list, none a list of all flags.
 * @throws RequestError 400 for fields of the wrong shape, 500 when segments were asked for and could not be had
 */
export async function decide(
  project: ProjectOptions,
  overrides: Overrides | undefined,
  keys: readonly string[],
  body: JsonObject,
): Promise<string> {
  const options = readOptions(body.decideOptions, 'decideOptions', DecideOption);
  const segmentOptions = readOptions(body.fetchSegmentsOptions, 'fetchSegmentsOptions', SegmentOption);
  const forced = readForcedDecisions(body.forcedDecisions);
  const user = createUser(project.client, body);
  if (body.fetchSegments === true && !(await user.fetchQualifiedSegments(segmentOptions))) {
    throw new RequestError(500, 'failed to fetch qualified segments');
  }
  await applyOverrides(project, overrides, user);
  for (const { target, variationKey } of forced) user.setForcedDecision(target, { variationKey });
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return toRow(project, user, await user.decideAsync(only, options));
  const decisions =
    keys.length === 0 ? await user.decideAllAsync(options) : await user.decideForKeysAsync(keys, options);
  const rows = Object.values(decisions)
    .filter((decision) => decision !== undefined)
    .map((decision) => toRow(project, user, decision));
  return `[${rows.join(',')}]`;
}

function toRow({ client }: ProjectOptions, user: UserContext, decision: Decision): string {
  const { variationKey, enabled, variables, ruleKey, flagKey, reasons } = decision;
  const deliveries = client.getProjectInfo()?.flags[flagKey]?.deliveryRules ?? [];
  // Texts without a value are empty in the agent's answers, where others have null.
  const before: Pick<DecisionRow, 'variationKey' | 'enabled'> = { variationKey: variationKey ?? '', enabled };
  const after: Omit<DecisionRow, keyof typeof before | 'variables'> = {
    ruleKey: ruleKey ?? '',
    flagKey,
    userContext: { userId: user.userId, attributes: user.attributes },
    reasons,
    isEveryoneElseVariation: ruleKey !== null && deliveries.at(-1)?.key === ruleKey,
  };
  const start = JSON.stringify(before).slice(0, -1);
  return `${start},"variables":${jsonText(variables)},${JSON.stringify(after).slice(1)}`;
}

/** @throws RequestError 400 for a text that is not one of the known options */
function readOptions<T extends string>(value: unknown, name: string, known: { readonly [K in T]: K }): readonly T[] {
  return readTexts(value, name).map((option) => {
    if (!Object.hasOwn(known, option)) throw new RequestError(400, `invalid option: ${option.slice(0, 64)}`);
    return option as T;
  });
}

function readForcedDecisions(
  value: unknown,
): { target: { flagKey: string; ruleKey: string | null }; variationKey: string }[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new RequestError(400, '"forcedDecisions" is not a list.');
  return value.map((entry) => {
    const { flagKey, ruleKey, variationKey } = readRecord(entry, 'forcedDecisions');
    const rule = ruleKey === undefined || ruleKey === null || ruleKey === '' ? null : readText(ruleKey, 'ruleKey');
    return {
      target: { flagKey: readText(flagKey, 'flagKey'), ruleKey: rule },
      variationKey: readText(variationKey, 'variationKey'),
    };
  });
}
