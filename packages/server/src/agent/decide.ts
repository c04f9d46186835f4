/** `POST /v1/decide`: decisions of one flag, several, or all. */
import {
  type Client,
  DecideOption,
  type Decision,
  decideAtOnce,
  decideEachAtOnce,
  SegmentOption,
  type UserContext,
} from 'sortition';
import type { JsonObject } from '../guards/json-body.ts';
import { jsonText } from '../json-text.ts';
import { createKeptAnswers } from '../kept-answers.ts';
import { RequestError } from '../request-error.ts';
import type { ProjectOptions } from '../server-options.ts';
import { applyOverrides, type Overrides } from './override.ts';
import { createUser, readRecord, readText, readTexts } from './user-request.ts';

/**
 * Decides, and returns the response as JSON text.
 *
 * @param keys With one key the response is an object, with several a list, with none a list of all flags.
 * @throws RequestError 400 for fields of the wrong shape, 500 when segments were asked for and could not be had
 */
export function decide(
  project: ProjectOptions,
  overrides: Overrides | undefined,
  keys: readonly string[],
  body: JsonObject,
): string | Promise<string> {
  const { client } = project;
  const options = readOptions(body.decideOptions, 'decideOptions', DecideOption);
  const segmentOptions = readOptions(body.fetchSegmentsOptions, 'fetchSegmentsOptions', SegmentOption);
  const forced = readForcedDecisions(body.forcedDecisions);
  const user = createUser(client, body);
  if (body.fetchSegments === true || overrides !== undefined) {
    const prepared = prepare(project, overrides, user, body.fetchSegments === true ? segmentOptions : null);
    return prepared.then(() => decideFor(client, user, forced, keys, options));
  }
  return decideFor(client, user, forced, keys, options);
}

/** @param segmentOptions `null`: segments are not fetched. */
async function prepare(
  project: ProjectOptions,
  overrides: Overrides | undefined,
  user: UserContext,
  segmentOptions: readonly SegmentOption[] | null,
): Promise<void> {
  if (segmentOptions !== null && !(await user.fetchQualifiedSegments(segmentOptions))) {
    throw new RequestError(500, 'failed to fetch qualified segments');
  }
  await applyOverrides(project, overrides, user);
}

function decideFor(
  client: Client,
  user: UserContext,
  forced: readonly ForcedByBody[],
  keys: readonly string[],
  options: readonly DecideOption[],
): string | Promise<string> {
  for (const { target, variationKey } of forced) user.setForcedDecision(target, { variationKey });
  const [only] = keys;
  if (only !== undefined && keys.length === 1) {
    const decision = decideAtOnce(user, only, options);
    if (decision !== null) return toRow(client, userText(user), decision);
    return user.decideAsync(only, options).then((later) => toRow(client, userText(user), later));
  }
  const decisions = decideEachAtOnce(user, keys.length === 0 ? null : keys, options);
  if (decisions !== null) return toRows(client, user, decisions);
  const later = keys.length === 0 ? user.decideAllAsync(options) : user.decideForKeysAsync(keys, options);
  return later.then((all) => toRows(client, user, Object.values(all)));
}

function toRows(client: Client, user: UserContext, decisions: readonly (Decision | undefined)[]): string {
  const text = userText(user);
  const rows = decisions.flatMap((decision) => (decision === undefined ? [] : toRow(client, text, decision)));
  return `[${rows.join(',')}]`;
}

function userText({ userId, attributes }: UserContext): string {
  return JSON.stringify({ userId, attributes });
}

/** The text before and after the user and the reasons. */
interface RowFrame {
  readonly start: string;
  readonly end: string;
}

/**
 * Writes the fields in the agent's order: `variationKey`, `enabled`, `variables`, `ruleKey`, `flagKey`, `userContext`,
 * `reasons`, and `isEveryoneElseVariation`, which is whether the last delivery of the flag decided.
 */
const frames = /* @__PURE__ */ createKeptAnswers<RowFrame>((client, decision) => {
  const { ruleKey, flagKey } = decision;
  const deliveries = client.getProjectInfo()?.flags[flagKey]?.deliveryRules ?? [];
  const isLast = ruleKey !== null && deliveries.at(-1)?.key === ruleKey;
  return { start: startOf(decision), end: `,"isEveryoneElseVariation":${isLast}}` };
});

function toRow(client: Client, user: string, decision: Decision): string {
  const { flagKey, reasons } = decision;
  const { start, end } = frames(client, decision, flagKey) as RowFrame;
  return `${start}${user},"reasons":${reasons.length === 0 ? '[]' : JSON.stringify(reasons)}${end}`;
}

/** In the agent's responses absent texts are empty, not null. */
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

/** A forced decision of the body. */
interface ForcedByBody {
  readonly target: { readonly flagKey: string; readonly ruleKey: string | null };
  readonly variationKey: string;
}

function readForcedDecisions(value: unknown): readonly ForcedByBody[] {
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
