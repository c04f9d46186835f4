/** Rules, holdouts and groups in the format of the datafile, with their previous buckets. */
import { allocate, type TrafficRange } from './allocate.ts';
import { type Build, invalid } from './build-state.ts';
import type {
  AudienceCombination,
  AudienceDefinition,
  ExperimentDefinition,
  FlagDefinition,
  GroupDefinition,
  HoldoutDefinition,
  RolloutDefinition,
  RuleAudience,
} from './definitions.ts';
import type { Json } from './previous-datafile.ts';
import { toVariableText } from './variables.ts';

export function buildExperiment(build: Build, flag: FlagDefinition, rule: ExperimentDefinition): Json {
  const { ids } = build;
  const shares = Object.fromEntries(
    Object.entries(rule.split).map(([key, share]) => [variationId(build, flag, rule.key, key), share ?? 0]),
  );
  const keys = new Set([...Object.keys(rule.split), ...Object.values(rule.allow)]);
  return {
    id: ids('rule', rule.key),
    key: rule.key,
    status: rule.status,
    layerId: ids('layer', rule.key),
    ...audienceFields(build, rule.audience),
    forcedVariations: rule.allow,
    variations: [...keys].map((key) => buildVariation(build, flag, rule.key, key)),
    trafficAllocation: allocateRule(build, 'rule', flag.key, rule.key, shares),
  };
}

export function buildRollout(build: Build, flag: FlagDefinition, rule: RolloutDefinition): Json {
  const key = rule.key ?? defaultRolloutKey(flag, rule);
  return {
    id: build.ids('rule', key),
    key,
    status: 'Running',
    layerId: build.ids('rollout', flag.key),
    ...audienceFields(build, rule.audience),
    forcedVariations: {},
    variations: [buildVariation(build, flag, key, rule.serve)],
    trafficAllocation: allocateRule(build, 'rule', flag.key, key, {
      [variationId(build, flag, key, rule.serve)]: rule.share,
    }),
  };
}

function defaultRolloutKey(flag: FlagDefinition, { audience, serve }: RolloutDefinition): string {
  const who =
    audience === undefined
      ? 'everyone'
      : audiencesOf(audience)
          .map(({ name }) => name.toLowerCase().replace(/[^a-z0-9]+/g, '_'))
          .join('_');
  return `${flag.key}_${who}_${serve}`;
}

function buildVariation(build: Build, flag: FlagDefinition, ruleKey: string, key: string): Json {
  const { enabled = true, ...values } = (flag.variations[key] ?? {}) as { enabled?: boolean };
  return {
    id: variationId(build, flag, ruleKey, key),
    key,
    featureEnabled: enabled,
    variables: Object.entries(values).map(([name, value]) => ({
      id: build.ids('variable', `${flag.key}.${name}`),
      value: toVariableText(name, flag.variables[name] as never, value),
    })),
  };
}

/** A flag's variation has one id in all rules, unless the previous datafile has a different id in each. */
function variationId({ ids, previous }: Build, flag: FlagDefinition, ruleKey: string, key: string): string {
  return previous.id('rule-variation', `${ruleKey}.${key}`) ?? ids('variation', `${flag.key}.${key}`);
}

export function buildHoldout(build: Build, { key, audience, share }: HoldoutDefinition): Json {
  const id = build.ids('holdout-variation', key);
  return {
    id: build.ids('holdout', key),
    key,
    status: 'Running',
    ...audienceFields(build, audience),
    variations: [{ id, key: 'off', featureEnabled: false, variables: [] }],
    trafficAllocation: allocateRule(build, 'holdout', null, key, { [id]: share }),
  };
}

/** @param known Keys of the experiments of all environments: one that does not run in this one is left out. */
export function buildGroup(
  build: Build,
  { key, experiments: shares }: GroupDefinition,
  experiments: ReadonlyMap<string, Json>,
  known: ReadonlySet<string>,
): Json {
  const members = Object.entries(shares).flatMap(([experimentKey, share]) => {
    if (!known.has(experimentKey)) {
      throw invalid(`Group "${key}" names "${experimentKey}", which is not an experiment of a flag.`);
    }
    const experiment = experiments.get(experimentKey);
    return experiment === undefined ? [] : [{ experiment, share }];
  });
  const byId = Object.fromEntries(members.map(({ experiment, share }) => [String(experiment.id), share]));
  return {
    id: build.ids('group', key),
    key,
    policy: 'random',
    trafficAllocation: allocateRule(build, 'group', null, key, byId),
    experiments: members.map(({ experiment }) => experiment),
  };
}

/** Assigns buckets to shares, and records moved users. */
function allocateRule(
  { previous, moves }: Build,
  kind: 'rule' | 'holdout' | 'group',
  flagKey: string | null,
  ruleKey: string,
  shares: Readonly<Record<string, number>>,
): readonly TrafficRange[] {
  const before = previous.ranges(kind, ruleKey) ?? [];
  const { ranges, movedShare } = allocate(before, shares);
  if (movedShare > 0) moves.push({ flagKey, ruleKey, movedShare, reason: 'split' });
  return ranges;
}

function audienceFields(build: Build, audience: RuleAudience | undefined): Json {
  if (audience === undefined) return { audienceIds: [] };
  const all = audiencesOf(audience);
  for (const definition of all) useAudience(build, definition);
  const toTree = (part: RuleAudience): unknown =>
    isCombination(part) ? [part[0], ...part.slice(1).map((inner) => toTree(inner as RuleAudience))] : idOf(part);
  const idOf = ({ name }: AudienceDefinition): string => build.ids('audience', name);
  const conditions = toTree(audience);
  return {
    audienceIds: [...new Set(all.map(idOf))],
    audienceConditions: Array.isArray(conditions) ? conditions : ['or', conditions],
  };
}

function isCombination(audience: RuleAudience): audience is AudienceCombination {
  return Array.isArray(audience);
}

/** The audiences of a combination, in order. */
function audiencesOf(audience: RuleAudience): readonly AudienceDefinition[] {
  return isCombination(audience) ? (audience.slice(1) as RuleAudience[]).flatMap(audiencesOf) : [audience];
}

export function useAudience({ audiences }: Build, audience: AudienceDefinition): void {
  const known = audiences.get(audience.name);
  if (known !== undefined && known !== audience) {
    throw invalid(`Two audiences are called "${audience.name}"; expected each name once.`);
  }
  audiences.set(audience.name, audience);
}
