/** The project as the page shows it: flags with their rules in the order they are tried, and the audiences. */
import type {
  ConditionTree,
  TrafficRange,
  WireAudience,
  WireDatafile,
  WireGroup,
  WireRule,
  WireVariable,
  WireVariation,
} from './wire-datafile.ts';

/** What a rule is for. A bandit is an experiment whose variation a model picks. */
export type RuleKind = 'holdout' | 'experiment' | 'bandit' | 'delivery';

export interface ProjectRule {
  readonly id: string;
  readonly key: string;
  readonly kind: RuleKind;
  readonly isRunning: boolean;
  readonly audience: ConditionTree;
  readonly variations: readonly WireVariation[];
  readonly traffic: readonly TrafficRange[];
  /** Experiments of a group take turns: a user enters at most one of them. */
  readonly group: { readonly id: string; readonly start: number; readonly end: number } | null;
  /** User id to variation key: decided before any audience or bucket. */
  readonly allowList: Readonly<Record<string, string>>;
}

export interface ProjectFlag {
  readonly key: string;
  readonly variables: readonly WireVariable[];
  /** Holdouts of the whole project first, then experiments, then deliveries. */
  readonly rules: readonly ProjectRule[];
}

export interface ProjectAudience {
  readonly id: string;
  readonly name: string;
  readonly conditions: ConditionTree;
  /** Keys of the rules that use it. */
  readonly usedBy: readonly string[];
}

export interface Project {
  readonly revision: string;
  readonly flags: readonly ProjectFlag[];
  /** Of every flag. */
  readonly holdouts: readonly ProjectRule[];
  readonly audiences: readonly ProjectAudience[];
  readonly attributes: readonly string[];
  readonly events: readonly string[];
}

/** Where newer datafiles put what older SDKs cannot read. */
const DUMMY_AUDIENCE = '$opt_dummy_audience';

export function buildProject(datafile: WireDatafile): Project {
  const experiments = new Map<string, ProjectRule>();
  for (const rule of datafile.experiments) experiments.set(rule.id, buildRule(rule, experimentKind(rule)));
  for (const group of datafile.groups ?? []) {
    for (const rule of group.experiments) {
      experiments.set(rule.id, { ...buildRule(rule, experimentKind(rule)), group: turnOf(group, rule.id) });
    }
  }
  const holdouts = (datafile.holdouts ?? []).map((rule) => buildRule(rule, 'holdout'));
  const rollouts = new Map(datafile.rollouts.map(({ id, experiments }) => [id, experiments]));
  const flags = datafile.featureFlags.map((flag) => ({
    key: flag.key,
    variables: flag.variables,
    rules: [
      ...holdouts,
      ...flag.experimentIds.flatMap((id) => experiments.get(id) ?? []),
      ...(rollouts.get(flag.rolloutId) ?? []).map((rule) => buildRule(rule, 'delivery')),
    ],
  }));
  return {
    revision: datafile.revision,
    flags,
    holdouts,
    audiences: readAudiences(datafile, flags),
    attributes: datafile.attributes.map(({ key }) => key),
    events: datafile.events.map(({ key }) => key),
  };
}

/** Ids of the audiences a rule's conditions name. */
export function audienceIdsOf(tree: ConditionTree): readonly string[] {
  if (typeof tree === 'string') return ['and', 'or', 'not'].includes(tree) ? [] : [tree];
  return Array.isArray(tree) ? (tree as readonly ConditionTree[]).flatMap(audienceIdsOf) : [];
}

function buildRule(rule: WireRule, kind: RuleKind): ProjectRule {
  const audience = rule.audienceConditions ?? anyOf(rule.audienceIds ?? []);
  return {
    id: rule.id,
    key: rule.key,
    kind,
    isRunning: rule.status === 'Running',
    audience,
    variations: rule.variations,
    traffic: rule.trafficAllocation ?? [],
    group: null,
    allowList: rule.forcedVariations ?? {},
  };
}

function anyOf(ids: readonly string[]): ConditionTree {
  return ids.length === 0 ? [] : ['or', ...ids];
}

function experimentKind(rule: WireRule): RuleKind {
  return rule.cmab === undefined ? 'experiment' : 'bandit';
}

function turnOf(group: WireGroup, ruleId: string): ProjectRule['group'] {
  let start = 0;
  for (const { entityId, endOfRange } of group.trafficAllocation) {
    if (entityId === ruleId) return { id: group.id, start, end: endOfRange };
    start = endOfRange;
  }
  return { id: group.id, start: 0, end: 0 };
}

/** Typed audiences replace classic ones of the same id. */
function readAudiences(datafile: WireDatafile, flags: readonly ProjectFlag[]): readonly ProjectAudience[] {
  const byId = new Map<string, WireAudience>();
  for (const audience of [...(datafile.audiences ?? []), ...(datafile.typedAudiences ?? [])]) {
    if (audience.id !== DUMMY_AUDIENCE) byId.set(audience.id, audience);
  }
  const rules = new Map(flags.flatMap(({ rules }) => rules.map((rule) => [rule.id, rule])));
  return [...byId.values()].map(({ id, name, conditions }) => ({
    id,
    name,
    conditions: parseConditions(conditions),
    usedBy: [...rules.values()].filter(({ audience }) => audienceIdsOf(audience).includes(id)).map(({ key }) => key),
  }));
}

function parseConditions(conditions: ConditionTree): ConditionTree {
  if (typeof conditions !== 'string') return conditions;
  try {
    return JSON.parse(conditions) as ConditionTree;
  } catch {
    return conditions; // shown as it is; the evaluation counts it as unknown
  }
}
