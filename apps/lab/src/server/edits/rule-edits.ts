/** Creates, changes and deletes rules: experiments, deliveries and holdouts. */
import { allocate } from '@sortition/authoring';
import { isRecord } from '@sortition/emulator';
import { isSdkError } from 'sortition';
import {
  createIds,
  type Draft,
  type DraftFlag,
  type DraftRule,
  type DraftVariation,
  findFlag,
  findRule,
  flagOfRule,
  listRules,
} from './draft.ts';
import { EditError } from './edit-error.ts';
import { readFields, readKey, readList, readRecord, requireFree } from './read-body.ts';

const ALL_TRAFFIC = 10_000;
const STATUSES = ['Running', 'Paused'];
const RULE_FIELDS = [
  'key',
  'status',
  'audienceConditions',
  'variations',
  'shares',
  'trafficAllocation',
  'allowList',
  'allowMoves',
];
/** The hosted service gives every holdout the same variation. */
const HOLDOUT_VARIATION = { id: '$opt_dummy_variation_id', key: 'off', featureEnabled: false, variables: [] };

/** `{ kind, key, ...}`: appends a rule to a flag, before the delivery for everyone else when there is one. */
export function createRule(draft: Draft, flagKey: string, body: unknown): string {
  const flag = findFlag(draft, flagKey);
  const {
    kind,
    key: given,
    ...fields
  } = readFields(body, ['kind', 'key', 'status', 'audienceConditions', 'variations', 'shares', 'allowList']);
  if (kind !== 'experiment' && kind !== 'delivery') throw new EditError(400, '"kind" must be experiment or delivery');
  const key = readKey('key', given);
  requireFree(
    key,
    listRules(draft).map(({ rule }) => rule),
    'a rule',
  );
  const nextId = createIds(draft);
  const rule = emptyRule(nextId(), key, nextId());
  changeFields(
    rule,
    flag,
    { variations: kind === 'experiment' ? [{ key: 'a' }, { key: 'b' }] : [{ key: 'on' }], ...fields },
    nextId,
  );
  if (kind === 'experiment') {
    draft.experiments.push(rule);
    flag.experimentIds.push(rule.id);
    return `Created experiment ${key} of ${flagKey}`;
  }
  let rollout = draft.rollouts.find(({ id }) => id === flag.rolloutId);
  if (rollout === undefined) {
    rollout = { id: nextId(), experiments: [] };
    draft.rollouts.push(rollout);
    flag.rolloutId = rollout.id;
  }
  const forEveryone = rollout.experiments.findIndex(isForEveryone);
  rollout.experiments.splice(forEveryone === -1 ? rollout.experiments.length : forEveryone, 0, rule);
  return `Created delivery ${key} of ${flagKey}`;
}

/** `{ key, share }`: a holdout of every flag, with percent of all users. */
export function createHoldout(draft: Draft, body: unknown): string {
  const { key: given, share } = readFields(body, ['key', 'share']);
  const key = readKey('key', given);
  requireFree(
    key,
    listRules(draft).map(({ rule }) => rule),
    'a rule',
  );
  const nextId = createIds(draft);
  const holdout = { ...emptyRule(nextId(), key, ''), variations: [{ ...HOLDOUT_VARIATION }] };
  holdout.trafficAllocation = toRanges([], { [HOLDOUT_VARIATION.id]: share });
  draft.holdouts.push(holdout);
  return `Created holdout ${key}`;
}

/** Any of the fields; `shares` (variation id to percent) keep users where they are, `trafficAllocation` says every range. */
export function changeRule(draft: Draft, ruleId: string, body: unknown): string {
  const { rule } = findRule(draft, ruleId);
  const { key, allowMoves: _, ...fields } = readFields(body, RULE_FIELDS);
  if (key !== undefined && key !== rule.key) {
    const renamed = readKey('key', key);
    requireFree(
      renamed,
      listRules(draft).map((each) => each.rule),
      'a rule',
    );
    rule.key = renamed;
  }
  changeFields(rule, flagOfRule(draft, ruleId), fields, createIds(draft));
  return summaryOf(rule.key, fields);
}

export function deleteRule(draft: Draft, ruleId: string): string {
  const { rule, list, kind } = findRule(draft, ruleId);
  list.splice(list.indexOf(rule), 1);
  for (const flag of draft.featureFlags) flag.experimentIds = flag.experimentIds.filter((id) => id !== ruleId);
  for (const event of draft.events) event.experimentIds = event.experimentIds?.filter((id) => id !== ruleId) ?? [];
  for (const { trafficAllocation } of draft.groups) {
    for (const range of trafficAllocation) if (range.entityId === ruleId) range.entityId = '';
  }
  return `Deleted ${kind} ${rule.key}`;
}

function emptyRule(id: string, key: string, layerId: string): DraftRule {
  return {
    id,
    key,
    status: 'Running',
    layerId,
    audienceIds: [],
    forcedVariations: {},
    variations: [],
    trafficAllocation: [],
  };
}

function isForEveryone({ audienceIds = [], audienceConditions }: DraftRule): boolean {
  const conditions = audienceConditions ?? audienceIds;
  return Array.isArray(conditions) && conditions.length === 0;
}

function summaryOf(key: string, fields: Readonly<Record<string, unknown>>): string {
  if (fields.shares !== undefined || fields.trafficAllocation !== undefined) return `Changed the traffic of ${key}`;
  if (fields.status !== undefined) return `${fields.status === 'Running' ? 'Started' : 'Paused'} ${key}`;
  return fields.audienceConditions === undefined ? `Changed rule ${key}` : `Changed the audience of ${key}`;
}

type RuleFields = Readonly<Record<string, unknown>>;

function changeFields(rule: DraftRule, flag: DraftFlag | undefined, fields: RuleFields, nextId: () => string): void {
  const { status, audienceConditions, variations, shares, trafficAllocation, allowList } = fields;
  if (status !== undefined) {
    if (!STATUSES.includes(status as string))
      throw new EditError(400, `"status" must be one of ${STATUSES.join(', ')}`);
    rule.status = status as string;
  }
  if (audienceConditions !== undefined) {
    rule.audienceConditions = readList('audienceConditions', audienceConditions, '["or", "<audience id>"]');
    rule.audienceIds = [...new Set(audienceIdsIn(audienceConditions))];
  }
  if (variations !== undefined) changeVariations(rule, flag, readList('variations', variations, '[{ "key" }]'), nextId);
  if (allowList !== undefined) rule.forcedVariations = readAllowList(rule, allowList);
  if (rule.cmab !== undefined && (shares ?? trafficAllocation) !== undefined) {
    throw new EditError(400, 'predictions decide this rule: it has no "trafficAllocation" to change');
  }
  if (shares !== undefined) rule.trafficAllocation = readShares(rule, shares);
  if (trafficAllocation !== undefined) rule.trafficAllocation = readRanges(rule, trafficAllocation);
}

function audienceIdsIn(tree: unknown): string[] {
  if (typeof tree === 'string') return ['and', 'or', 'not'].includes(tree) ? [] : [tree];
  return Array.isArray(tree) ? tree.flatMap(audienceIdsIn) : [];
}

/** Variations keep their id when the body has it, or by their key. A variation that goes gives up its traffic. */
function changeVariations(
  rule: DraftRule,
  flag: DraftFlag | undefined,
  list: readonly unknown[],
  nextId: () => string,
): void {
  if (list.length === 0) throw new EditError(400, '"variations" must have one or more entries');
  const before = rule.variations;
  const variations: DraftVariation[] = [];
  for (const item of list) {
    const record = readRecord('variations', item, '{ "key", "featureEnabled", "variables" }');
    const key = readKey('variations.key', record.key);
    requireFree(key, variations, 'a variation');
    const known = before.find(({ id }) => id === record.id) ?? before.find((variation) => variation.key === key);
    const { featureEnabled = known?.featureEnabled ?? true } = record;
    if (typeof featureEnabled !== 'boolean')
      throw new EditError(400, `"featureEnabled" of variation "${key}" must be true or false`);
    variations.push({
      id: known?.id ?? nextId(),
      key,
      featureEnabled,
      variables: record.variables === undefined ? (known?.variables ?? []) : readValues(key, flag, record.variables),
    });
  }
  rule.variations = variations;
  const left = new Set(variations.map(({ id }) => id));
  const shares = sharesOf(rule.trafficAllocation, (id) => left.has(id));
  if (before.some(({ id }) => !left.has(id))) rule.trafficAllocation = toRanges(rule.trafficAllocation, shares);
  const keys = new Set(variations.map(({ key }) => key));
  rule.forcedVariations = Object.fromEntries(
    Object.entries(rule.forcedVariations ?? {}).filter(([, key]) => keys.has(key)),
  );
  if (before.length === 0)
    rule.trafficAllocation = toRanges(
      [],
      Object.fromEntries(variations.map(({ id }) => [id, 100 / variations.length])),
    );
}

/** Variable key to value, all of them texts; what is left out has its default. */
function readValues(key: string, flag: DraftFlag | undefined, value: unknown): DraftVariation['variables'] {
  const values = readRecord(`variables of variation "${key}"`, value, '{ "<variable key>": "<value>" }');
  return Object.entries(values).map(([name, text]) => {
    const variable = flag?.variables.find((each) => each.key === name);
    if (variable === undefined) throw new EditError(400, `the flag has no variable "${name}"`);
    if (typeof text !== 'string') throw new EditError(400, `the value of variable "${name}" must be a text`);
    return { id: variable.id, value: text };
  });
}

function readAllowList(rule: DraftRule, value: unknown): Record<string, string> {
  const entries = Object.entries(readRecord('allowList', value, '{ "<user id>": "<variation key>" }'));
  const wrong = entries.find(([, key]) => !rule.variations.some((variation) => variation.key === key));
  if (wrong !== undefined)
    throw new EditError(400, `the allow-list gives "${wrong[0]}" a variation the rule does not have`);
  return Object.fromEntries(entries) as Record<string, string>;
}

function readShares(rule: DraftRule, value: unknown): DraftRule['trafficAllocation'] {
  const shares = readRecord('shares', value, '{ "<variation id>": 50 }');
  const unknown = Object.keys(shares).find((id) => !rule.variations.some((variation) => variation.id === id));
  if (unknown !== undefined) throw new EditError(400, `"${unknown}" is not a variation id of this rule`);
  return toRanges(rule.trafficAllocation, shares);
}

function toRanges(
  before: DraftRule['trafficAllocation'],
  shares: Readonly<Record<string, unknown>>,
): DraftRule['trafficAllocation'] {
  try {
    return allocate(before, shares as Record<string, number>).ranges;
  } catch (error) {
    if (!isSdkError(error)) throw error;
    throw new EditError(400, error.message);
  }
}

function sharesOf(ranges: DraftRule['trafficAllocation'], isKept: (id: string) => boolean): Record<string, number> {
  const shares: Record<string, number> = {};
  let start = 0;
  for (const { entityId, endOfRange } of ranges) {
    if (entityId !== '' && isKept(entityId)) shares[entityId] = (shares[entityId] ?? 0) + (endOfRange - start) / 100;
    start = Math.max(start, endOfRange);
  }
  return shares;
}

function readRanges({ variations }: DraftRule, ranges: unknown): DraftRule['trafficAllocation'] {
  if (!Array.isArray(ranges) || !ranges.every(isTrafficRange)) {
    throw new EditError(
      400,
      `"trafficAllocation" must be an array of { "entityId", "endOfRange" } with whole ends from 0 to ${ALL_TRAFFIC}`,
    );
  }
  const unknown = ranges.find(({ entityId }) => entityId !== '' && !variations.some(({ id }) => id === entityId));
  if (unknown !== undefined) throw new EditError(400, `"${unknown.entityId}" is not a variation id of this rule`);
  const ascending = ranges.every(({ endOfRange }, index) => endOfRange >= (ranges[index - 1]?.endOfRange ?? 0));
  if (!ascending) throw new EditError(400, 'the ends of "trafficAllocation" must not descend');
  return ranges;
}

function isTrafficRange(value: unknown): value is { entityId: string; endOfRange: number } {
  if (!isRecord(value) || typeof value.entityId !== 'string') return false;
  const end = value.endOfRange;
  return typeof end === 'number' && Number.isInteger(end) && end >= 0 && end <= ALL_TRAFFIC;
}
