/** Changes to a rule or an audience, as the page sends them. */
import { isRecord } from '@sortition/emulator';
import type { ShopDatafile, ShopRule, ShopTrafficRange } from '@sortition/emulator/shop-datafile';
import type { EditRefusal } from './shop-catalog.ts';

const ALL_TRAFFIC = 10_000;
const STATUSES = ['Running', 'Paused'];
const RULE_FIELDS = ['trafficAllocation', 'audienceConditions', 'status'];
const AUDIENCE_FIELDS = ['name', 'conditions'];

/** Applies the body of `PATCH /api/rules/:ruleId` to the draft. */
export function changeRule(draft: ShopDatafile, ruleId: string, body: unknown): EditRefusal | undefined {
  const rule = listRules(draft).find(({ id }) => id === ruleId);
  if (rule === undefined) return { status: 404, error: 'there is no rule of this id' };
  const problem = fieldProblem(body, RULE_FIELDS) ?? ruleProblem(rule, body as RuleChange);
  if (problem !== undefined) return { status: 400, error: problem };
  Object.assign(rule, body);
  return undefined;
}

/** Applies the body of `PATCH /api/audiences/:audienceId` to the draft. */
export function changeAudience(draft: ShopDatafile, audienceId: string, body: unknown): EditRefusal | undefined {
  const audience = draft.typedAudiences.find(({ id }) => id === audienceId);
  if (audience === undefined) return { status: 404, error: 'there is no audience of this id' };
  const problem = fieldProblem(body, AUDIENCE_FIELDS) ?? audienceProblem(body as AudienceChange);
  if (problem !== undefined) return { status: 400, error: problem };
  Object.assign(audience, body);
  return undefined;
}

interface RuleChange {
  readonly trafficAllocation?: unknown;
  readonly audienceConditions?: unknown;
  readonly status?: unknown;
}

interface AudienceChange {
  readonly name?: unknown;
  readonly conditions?: unknown;
}

function fieldProblem(body: unknown, fields: readonly string[]): string | undefined {
  const names = isRecord(body) ? Object.keys(body) : [];
  if (names.length > 0 && names.every((name) => fields.includes(name))) return undefined;
  return `expected an object with one or more of ${fields.join(', ')}`;
}

function ruleProblem(rule: ShopRule, { trafficAllocation, audienceConditions, status }: RuleChange) {
  if (status !== undefined && !STATUSES.includes(status as string)) {
    return `"status" must be one of ${STATUSES.join(', ')}`;
  }
  if (audienceConditions !== undefined && !Array.isArray(audienceConditions)) {
    return '"audienceConditions" must be an array such as ["or", "<audience id>"]';
  }
  return trafficAllocation === undefined ? undefined : trafficProblem(rule, trafficAllocation);
}

function trafficProblem({ cmab, variations }: ShopRule, ranges: unknown): string | undefined {
  if (cmab !== undefined) return 'predictions decide this rule: it has no "trafficAllocation" to change';
  if (!Array.isArray(ranges) || !ranges.every(isTrafficRange)) {
    return `"trafficAllocation" must be an array of { "entityId", "endOfRange" } with whole ends from 0 to ${ALL_TRAFFIC}`;
  }
  const unknown = ranges.find(({ entityId }) => entityId !== '' && !variations.some(({ id }) => id === entityId));
  if (unknown !== undefined) return `"${unknown.entityId}" is no variation id of this rule`;
  const ascending = ranges.every(({ endOfRange }, index) => endOfRange >= (ranges[index - 1]?.endOfRange ?? 0));
  return ascending ? undefined : 'the ends of "trafficAllocation" must not descend';
}

function isTrafficRange(value: unknown): value is ShopTrafficRange {
  if (!isRecord(value) || typeof value.entityId !== 'string') return false;
  const end = value.endOfRange;
  return typeof end === 'number' && Number.isInteger(end) && end >= 0 && end <= ALL_TRAFFIC;
}

function audienceProblem({ name, conditions }: AudienceChange): string | undefined {
  if (name !== undefined && (typeof name !== 'string' || name.trim() === '')) return '"name" must be a text';
  if (conditions !== undefined && !Array.isArray(conditions)) {
    return '"conditions" must be an array such as ["or", { "type", "name", "match", "value" }]';
  }
  return undefined;
}

/** Every rule, wherever the document keeps it. */
function listRules({ experiments, groups, rollouts, holdouts }: ShopDatafile): readonly ShopRule[] {
  return [...experiments, ...[...groups, ...rollouts].flatMap((parent) => parent.experiments), ...holdouts];
}
