/** Creates, changes and deletes flags. */
import { createIds, type Draft, type DraftFlag, type DraftVariable, findFlag, listRules } from './draft.ts';
import { EditError } from './edit-error.ts';
import { readFields, readKey, readList, readRecord, requireFree } from './read-body.ts';

const VARIABLE_TYPES = ['boolean', 'string', 'integer', 'double', 'json'];

/** `{ key, variables }`: a flag without rules, switched off for everybody. */
export function createFlag(draft: Draft, body: unknown): string {
  const { key: given, variables } = readFields(body, ['key', 'variables']);
  const key = readKey('key', given);
  requireFree(key, draft.featureFlags, 'a flag');
  const nextId = createIds(draft);
  const flag: DraftFlag = { id: nextId(), key, experimentIds: [], rolloutId: '', variables: [] };
  if (variables !== undefined) flag.variables = readVariables(variables, [], nextId);
  draft.featureFlags.push(flag);
  return `Created flag ${key}`;
}

/** `{ key, variables, ruleOrder }`; variables keep their id by their key, and lose their values in variations when they go. */
export function changeFlag(draft: Draft, flagKey: string, body: unknown): string {
  const flag = findFlag(draft, flagKey);
  const { key, variables, ruleOrder } = readFields(body, ['key', 'variables', 'ruleOrder']);
  if (key !== undefined && key !== flag.key) {
    const renamed = readKey('key', key);
    requireFree(renamed, draft.featureFlags, 'a flag');
    flag.key = renamed;
  }
  if (variables !== undefined) {
    flag.variables = readVariables(variables, flag.variables, createIds(draft));
    const known = new Set(flag.variables.map(({ id }) => id));
    for (const rule of rulesOf(draft, flag)) {
      for (const variation of rule.variations)
        variation.variables = variation.variables?.filter(({ id }) => known.has(id)) ?? [];
    }
  }
  if (ruleOrder !== undefined) orderRules(draft, flag, readList('ruleOrder', ruleOrder, '["<rule id>"]'));
  return ruleOrder === undefined ? `Changed flag ${flag.key}` : `Ordered the rules of ${flag.key}`;
}

export function deleteFlag(draft: Draft, flagKey: string): string {
  const flag = findFlag(draft, flagKey);
  const ids = new Set(flag.experimentIds);
  draft.featureFlags = draft.featureFlags.filter((each) => each !== flag);
  draft.experiments = draft.experiments.filter(({ id }) => !ids.has(id));
  for (const group of draft.groups) group.experiments = group.experiments.filter(({ id }) => !ids.has(id));
  for (const group of draft.groups) {
    for (const range of group.trafficAllocation) if (ids.has(range.entityId)) range.entityId = '';
  }
  draft.rollouts = draft.rollouts.filter(({ id }) => id !== flag.rolloutId);
  for (const event of draft.events) event.experimentIds = event.experimentIds?.filter((id) => !ids.has(id)) ?? [];
  return `Deleted flag ${flagKey}`;
}

function rulesOf(draft: Draft, flag: DraftFlag) {
  const rollout = draft.rollouts.find(({ id }) => id === flag.rolloutId);
  const deliveries = new Set(rollout?.experiments ?? []);
  return listRules(draft)
    .map(({ rule }) => rule)
    .filter((rule) => flag.experimentIds.includes(rule.id) || deliveries.has(rule));
}

/** Experiments come before deliveries, whatever the order says: that is how clients try them. */
function orderRules(draft: Draft, flag: DraftFlag, order: readonly unknown[]): void {
  const rollout = draft.rollouts.find(({ id }) => id === flag.rolloutId);
  const ids = [...flag.experimentIds, ...(rollout?.experiments ?? []).map(({ id }) => id)];
  const isPermutation = order.length === ids.length && ids.every((id) => order.includes(id));
  if (!isPermutation) throw new EditError(400, `"ruleOrder" must name each of the rules ${ids.join(', ')} once`);
  const byOrder = (a: string, b: string) => order.indexOf(a) - order.indexOf(b);
  flag.experimentIds.sort(byOrder);
  rollout?.experiments.sort((a, b) => byOrder(a.id, b.id));
}

function readVariables(value: unknown, before: readonly DraftVariable[], nextId: () => string): DraftVariable[] {
  const variables: DraftVariable[] = [];
  for (const item of readList('variables', value, '[{ "key", "type", "defaultValue" }]')) {
    const record = readRecord('variables', item, '{ "key", "type", "defaultValue" }');
    const key = readKey('variables.key', record.key);
    const type = VARIABLE_TYPES.find((name) => name === record.type);
    if (type === undefined)
      throw new EditError(400, `"type" of variable "${key}" must be one of ${VARIABLE_TYPES.join(', ')}`);
    if (typeof record.defaultValue !== 'string')
      throw new EditError(400, `"defaultValue" of variable "${key}" must be a text`);
    requireFree(key, variables, 'a variable');
    const id = before.find((variable) => variable.key === key)?.id ?? nextId();
    variables.push({
      id,
      key,
      type: type === 'json' ? 'string' : type,
      ...(type === 'json' && { subType: 'json' }),
      defaultValue: record.defaultValue,
    });
  }
  return variables;
}
