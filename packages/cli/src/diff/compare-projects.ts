/**
 * Compares two projects by meaning: ids, key order and revisions are ignored; keys, shares, conditions and values are
 * compared.
 */
import type { Flag, ProjectConfig, Rule, Variation } from '@sortition/core';
import { BUCKETS, ownersOf, rulesOf, widthsOf } from '../check/rule-facts.ts';
import { formatAudiences, formatConditions } from '../condition-text.ts';
import { canonicalJson } from '../json-value.ts';
import type { Change } from './change.ts';

type Breaks = (change: Pick<Change, 'kind' | 'detail'>) => boolean;

/** The parts of an entity by name, as text that is equal when the meaning is equal. */
type Facets = Readonly<Record<string, string>>;

/** Lists the differences: flags first, in the order of their keys. */
export function compareProjects(before: ProjectConfig, after: ProjectConfig): readonly Change[] {
  return [
    ...compareFlags(before, after),
    ...compareEntities('audience', audiencesOf(before), audiencesOf(after), () => false),
    ...compareEntities('holdout', holdoutsOf(before), holdoutsOf(after), () => false),
    ...compareEntities('group', groupsOf(before), groupsOf(after), () => false),
    ...compareEntities('event', keysOf(before.events), keysOf(after.events), isRemoved),
    ...compareEntities('attribute', keysOf(before.attributes), keysOf(after.attributes), () => false),
    ...compareEntities('project', projectOf(before), projectOf(after), () => false),
  ];
}

function compareFlags(before: ProjectConfig, after: ProjectConfig): Change[] {
  const keys = [...new Set([...before.flags.keys(), ...after.flags.keys()])].sort();
  return keys.flatMap((flagKey): Change[] => {
    const [old, now] = [before.flags.get(flagKey), after.flags.get(flagKey)];
    if (old === undefined || now === undefined) {
      const kind = old === undefined ? 'added' : 'removed';
      return [{ kind, entity: 'flag', key: flagKey, detail: '', breaking: kind === 'removed' }];
    }
    const of = (
      entity: Change['entity'],
      part: (config: ProjectConfig, flag: Flag) => Map<string, Facets>,
      breaks: Breaks = isRemoved,
    ) =>
      compareEntities(entity, part(before, old), part(after, now), breaks).map((change) => ({
        ...change,
        key: `${flagKey}/${change.key}`,
      }));
    return [
      ...of('variable', variablesOf, (change) => isRemoved(change) || change.detail.startsWith('type:')),
      ...of('variation', variationsOf),
      ...of('rule', rulesByKey, () => false),
    ];
  });
}

function isRemoved({ kind }: Pick<Change, 'kind'>): boolean {
  return kind === 'removed';
}

function compareEntities(
  entity: Change['entity'],
  before: ReadonlyMap<string, Facets>,
  after: ReadonlyMap<string, Facets>,
  isBreaking: Breaks,
): Change[] {
  const changes: Change[] = [];
  const add = (change: Omit<Change, 'breaking' | 'entity'>) =>
    changes.push({ ...change, entity, breaking: isBreaking(change) });
  for (const [key, old] of before) {
    const now = after.get(key);
    if (now === undefined) add({ kind: 'removed', key, detail: '' });
    else
      for (const name of Object.keys({ ...old, ...now })) {
        if (old[name] === now[name] || (name === 'buckets' && old.split !== now.split)) continue;
        add({ kind: 'changed', key, detail: `${name}: ${old[name] || 'nothing'} -> ${now[name] || 'nothing'}` });
      }
  }
  for (const key of after.keys()) if (!before.has(key)) add({ kind: 'added', key, detail: '' });
  return changes;
}

function variablesOf(_config: ProjectConfig, { variables }: Flag): Map<string, Facets> {
  return new Map(
    variables.map(({ key, type, defaultValue }) => [
      key,
      { type, default: JSON.stringify(readable(type, defaultValue)) },
    ]),
  );
}

/** JSON with different formatting is the same value. */
function readable(type: string, text: string): unknown {
  if (type !== 'json') return text;
  try {
    return JSON.parse(canonicalJson(JSON.parse(text)));
  } catch {
    return text;
  }
}

/** A variation's values, rule by rule where they differ. */
function variationsOf(config: ProjectConfig, flag: Flag): Map<string, Facets> {
  const { experiments, deliveries } = rulesOf(config, flag.key);
  const found = new Map<string, Record<string, string>>();
  for (const rule of [...experiments, ...deliveries]) {
    for (const variation of rule.variations) {
      const facets = found.get(variation.key) ?? {};
      facets[`in rule ${rule.key}`] = describeVariation(flag, variation);
      found.set(variation.key, facets);
    }
  }
  // When all rules agree, the rule is not named, so that adding or removing a rule does not change the variation.
  return new Map(
    [...found].map(([key, facets]) => {
      const [first, ...others] = [...new Set(Object.values(facets))];
      return [key, others.length === 0 ? { values: first ?? '' } : facets];
    }),
  );
}

function describeVariation(flag: Flag, { featureEnabled, variables = [] }: Variation): string {
  const values = flag.variables.flatMap(({ id, key, type }) => {
    const own = variables.find((usage) => usage.id === id);
    return own === undefined ? [] : `${key} = ${JSON.stringify(readable(type, own.value))}`;
  });
  return [featureEnabled ? 'on' : 'off', ...values.sort()].join(', ');
}

function rulesByKey(config: ProjectConfig, flag: Flag): Map<string, Facets> {
  const { experiments, deliveries } = rulesOf(config, flag.key);
  const all = [...experiments, ...deliveries];
  return new Map(
    all.map((rule, index) => [
      rule.key,
      {
        ...describeRule(rule, config),
        // Deliveries are served whatever their status.
        ...(index >= experiments.length && { status: '' }),
        kind: index < experiments.length ? 'experiment' : 'delivery',
        after: all[index - 1]?.key ?? '',
      },
    ]),
  );
}

function describeRule(rule: Rule, config: ProjectConfig): Facets {
  return {
    status: rule.status,
    audience: formatAudiences(rule.audienceConditions, config),
    ...describeSplit(rule),
    'allow-list': [...(rule.allowList ?? [])]
      .map(([userId, key]) => `${userId} = ${key}`)
      .sort()
      .join(', '),
    group: rule.groupId ?? '',
    bandit: rule.cmab === undefined ? '' : `${rule.cmab.trafficAllocation / 100} % of traffic`,
    // Users are bucketed by the id, so another id reassigns all of them.
    id: rule.id,
  };
}

/** Shares by variation key. The bucket positions matter too, because they determine which users are in a share. */
function describeSplit(rule: Rule): Facets {
  const keys = new Map(rule.variations.map(({ id, key }) => [id, key]));
  const shares = [...widthsOf(rule.trafficRanges)]
    .filter(([id]) => id !== '')
    .map(([id, width]) => `${keys.get(id) ?? id} ${width / (BUCKETS / 100)} %`)
    .sort();
  const ends = ownersOf(rule.trafficRanges).map(([id, end]) => `${(keys.get(id) ?? id) || 'none'} to ${end}`);
  return { split: shares.join(', ') || 'no traffic', buckets: ends.join(', ') };
}

function audiencesOf({ audiences }: ProjectConfig): Map<string, Facets> {
  const names = [...audiences.values()].map(({ name }) => name);
  return new Map(
    [...audiences.values()].map(({ id, name, conditions }) => [
      names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${id})`,
      { conditions: formatConditions(conditions) },
    ]),
  );
}

function holdoutsOf(config: ProjectConfig): Map<string, Facets> {
  const found = new Map<string, Facets>(
    config.globalHoldouts.map((rule) => [rule.key, { ...describeRule(rule, config), for: 'every flag' }]),
  );
  for (const [ruleId, rules] of config.localHoldouts) {
    for (const rule of rules) {
      const others = found.get(rule.key)?.for;
      const name = `rule ${config.rules.get(ruleId)?.key ?? ruleId}`;
      found.set(rule.key, { ...describeRule(rule, config), for: others === undefined ? name : `${others}, ${name}` });
    }
  }
  return found;
}

function groupsOf({ groups, rules }: ProjectConfig): Map<string, Facets> {
  return new Map(
    [...groups.values()].map(({ id, policy, trafficRanges }) => [
      id,
      {
        policy,
        split: trafficRanges
          .map(({ entityId, endOfRange }) => `${rules.get(entityId)?.key ?? (entityId || 'none')} to ${endOfRange}`)
          .join(', '),
      },
    ]),
  );
}

function projectOf({ sendFlagDecisions, anonymizeIp, botFiltering, region }: ProjectConfig): Map<string, Facets> {
  const settings = { sendFlagDecisions, anonymizeIp, botFiltering, region };
  return new Map(Object.entries(settings).map(([key, value]) => [key, { value: String(value) }]));
}

function keysOf(entries: ReadonlyMap<string, unknown>): Map<string, Facets> {
  return new Map([...entries.keys()].map((key) => [key, {}]));
}
