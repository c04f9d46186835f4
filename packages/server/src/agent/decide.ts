/** `POST /v1/decide`: decisions of one flag, several, or all. */
import { DecideOption, type Decision, SegmentOption } from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { jsonText } from '../json-text.ts';
import { createKeptTexts } from '../kept-texts.ts';
import { RequestError } from '../request-error.ts';
import type { ProjectOptions } from '../server-options.ts';
import { applyOverrides, type Overrides } from './override.ts';
import { createUser, readRecord, readText, readTexts } from './user-request.ts';

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
  const userText = JSON.stringify({ userId: user.userId, attributes: user.attributes });
  if (only !== undefined && keys.length === 1) return toRow(project, userText, await user.decideAsync(only, options));
  const decisions =
    keys.length === 0 ? await user.decideAllAsync(options) : await user.decideForKeysAsync(keys, options);
  const rows = Object.values(decisions)
    .filter((decision) => decision !== undefined)
    .map((decision) => toRow(project, userText, decision));
  return `[${rows.join(',')}]`;
}

const starts = /* @__PURE__ */ createKeptTexts();

/**
 * Writes the fields in the agent's order: `variationKey`, `enabled`, `variables`, `ruleKey`, `flagKey`, `userContext`,
 * `reasons`, and `isEveryoneElseVariation`, which is whether the last delivery of the flag decided.
 */
function toRow({ client }: ProjectOptions, userText: string, decision: Decision): string {
  const { ruleKey, flagKey, reasons } = decision;
  const start = starts.textOf(client, decision, flagKey, () => startOf(decision)) as string;
  const deliveries = client.getProjectInfo()?.flags[flagKey]?.deliveryRules ?? [];
  const isLast = ruleKey !== null && deliveries.at(-1)?.key === ruleKey;
  const reasonsText = reasons.length === 0 ? '[]' : JSON.stringify(reasons);
  return `${start}${userText},"reasons":${reasonsText},"isEveryoneElseVariation":${isLast}}`;
}

/** Texts without a value are empty in the agent's answers, where others have null. */
function startOf({ variationKey, enabled, variables, ruleKey, flagKey }: Decision): string {
  const before = JSON.stringify({ variationKey: variationKey ?? '', enabled }).slice(0, -1);
  const after = JSON.stringify({ ruleKey: ruleKey ?? '', flagKey }).slice(1, -1);
  return `${before},"variables":${jsonText(variables)},${after},"userContext":`;
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
