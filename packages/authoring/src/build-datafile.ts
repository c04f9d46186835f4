/** Building: from definitions to a datafile that every Optimizely SDK reads. */
import { SdkError } from '@sortition/core/errors';
import { allocate, type TrafficRange } from './allocate.ts';
import { attributesIn, type ConditionTree, hasSegments } from './conditions.ts';
import type {
  AudienceCombination,
  AudienceDefinition,
  Definition,
  ExperimentDefinition,
  FlagDefinition,
  GroupDefinition,
  HoldoutDefinition,
  ImportedSection,
  RolloutDefinition,
  RuleAudience,
  RuleDefinition,
} from './definitions.ts';
import { createEntityIds, type EntityIds } from './entity-ids.ts';
import { type Json, type PreviousDatafile, readPrevious } from './previous-datafile.ts';
import { toVariableText } from './variables.ts';

/** Users who get another variation than before, although nothing about them changed. */
export interface Move {
  /** `null` for holdouts and groups. */
  readonly flagKey: string | null;
  /** Key of the rule, holdout or group whose buckets changed hands. */
  readonly ruleKey: string;
  /** Percent of all traffic. */
  readonly movedShare: number;
  readonly reason: 'split' | 'removed';
}

/** What a build makes. */
export interface BuiltDatafile {
  readonly datafile: Json;
  /** Empty when every user keeps what they have. */
  readonly moves: readonly Move[];
}

/** How to build. */
export interface BuildOptions {
  /** The datafile in effect: ids and buckets are taken over from it. Unless given, everything is new. */
  readonly previous?: string | object | undefined;
  /** Chooses the rules that flags have for this environment. */
  readonly environment?: string | undefined;
}

/** Segments need the platform; where it is comes with the datafile before. */
interface Build {
  readonly previous: PreviousDatafile;
  readonly ids: EntityIds;
  readonly moves: Move[];
  readonly audiences: Map<string, AudienceDefinition>;
  readonly environment: string | undefined;
}

/**
 * Builds a datafile.
 *
 * @param definitions A module of flags (`import * as flags from './shop.flags.ts'`), or a list of definitions. Exports that are
 * not definitions are ignored.
 * @throws SdkError `invalid-option` for keys that are used twice, values of another type than their variable, shares above
 * 100 %, and rules that holdouts or groups name but no flag has
 * @example
 * const { datafile, moves } = buildDatafile(flags, { previous: readFileSync('datafile.json', 'utf8') });
 */
export function buildDatafile(
  definitions: readonly Definition[] | Readonly<Record<string, unknown>>,
  options: BuildOptions = {},
): BuiltDatafile {
  const found = collect(definitions);
  const previous = readPrevious(options.previous);
  const ids = createEntityIds(previous);
  const build: Build = { previous, ids, moves: [], audiences: new Map(), environment: options.environment };
  const flags = ofKind(found, 'flag');
  const groups = ofKind(found, 'group');
  const holdouts = ofKind(found, 'holdout');
  for (const definition of ofKind(found, 'audience')) useAudience(build, definition);

  const experiments = new Map<string, Json>();
  const rollouts: Json[] = [];
  const featureFlags = flags.map((flag) => {
    const rules = rulesOf(flag, build.environment);
    const own = rules.flatMap((rule): Json[] => {
      if (rule.kind === 'imported-rule') {
        if (rule.as !== 'experiment') return [];
        // Several flags may have it, and keys of imported rules need not be unique.
        experiments.set(`imported ${String(rule.json.id)}`, rule.json);
        return [rule.json];
      }
      if (rule.kind !== 'experiment') return [];
      const experiment = buildExperiment(build, flag, rule);
      addUnique(experiments, String(experiment.key), experiment);
      return [experiment];
    });
    const deliveries = rules.flatMap((rule): Json[] => {
      if (rule.kind === 'imported-rule') return rule.as === 'delivery' ? [rule.json] : [];
      return rule.kind === 'rollout' ? [buildRollout(build, flag, rule)] : [];
    });
    const rolloutId = ids('rollout', flag.key);
    if (deliveries.length > 0 && !rollouts.some(({ id }) => id === rolloutId))
      rollouts.push({ id: rolloutId, experiments: deliveries });
    return {
      id: ids('flag', flag.key),
      key: flag.key,
      experimentIds: own.map(({ id }) => id),
      rolloutId: deliveries.length > 0 ? rolloutId : '',
      variables: Object.entries(flag.variables).map(([key, definition]) => ({
        id: ids('variable', `${flag.key}.${key}`),
        key,
        type: definition.type === 'json' ? 'string' : definition.type,
        ...(definition.type === 'json' && { subType: 'json' }),
        defaultValue: toVariableText(key, definition, definition.defaultValue),
      })),
    };
  });
  const known = new Set(flags.flatMap(experimentKeysOf));
  const byKey = new Map([...experiments.values()].map((experiment) => [String(experiment.key), experiment]));
  const importedOf = (section: ImportedSection): readonly Json[] =>
    ofKind(found, 'imported')
      .filter((definition) => definition.section === section)
      .map(({ json }) => json);
  const grouped = [...groups.map((group) => buildGroup(build, group, byKey, known)), ...importedOf('groups')];
  const groupedIds = new Set(
    grouped.flatMap(({ experiments: members }) => (Array.isArray(members) ? members.map(({ id }) => id) : [])),
  );
  const rulesIn = (entities: readonly Json[]): readonly Json[] =>
    entities.flatMap((entity) => (Array.isArray(entity.experiments) ? (entity.experiments as Json[]) : []));
  const ruleIds = new Map(
    [
      ...experiments.values(),
      ...importedOf('experiments'),
      ...rulesIn([...rollouts, ...importedOf('groups'), ...importedOf('rollouts')]),
    ].map((rule) => [String(rule.key), String(rule.id)]),
  );
  tellOfRemovedRules(build, flags, ruleIds);
  const [localHoldouts, globalHoldouts] = partition(holdouts, ({ rules }) => rules !== undefined);
  const builtHoldouts = globalHoldouts.map((holdout) => buildHoldout(build, holdout));
  const builtLocalHoldouts = localHoldouts.map((holdout) => ({
    ...buildHoldout(build, holdout),
    includedRules: holdout.rules?.map((key) => ruleIdOf(ruleIds, key, `Holdout "${holdout.key}"`)),
  }));
  const everyLocalHoldout = [...builtLocalHoldouts, ...importedOf('localHoldouts')];
  const attributes = new Set([
    ...ofKind(found, 'attribute').map(({ key }) => key),
    ...[...build.audiences.values()].flatMap(({ tree }) => attributesIn(tree)),
  ]);
  const {
    accountId = '',
    projectId = '',
    sdkKey = '',
    environmentKey = build.environment ?? '',
    revision: _revision,
    localHoldouts: _localHoldouts,
    ...others
  } = previous.fields;
  const defined: Json = {
    version: '4',
    accountId,
    projectId,
    sdkKey,
    environmentKey,
    featureFlags: [...featureFlags, ...importedOf('featureFlags')],
    experiments: [...experiments.values(), ...importedOf('experiments')].filter(({ id }) => !groupedIds.has(id)),
    groups: grouped,
    rollouts: [...rollouts, ...importedOf('rollouts')],
    holdouts: [...builtHoldouts, ...importedOf('holdouts')],
    ...(everyLocalHoldout.length > 0 && { localHoldouts: everyLocalHoldout }),
    audiences: importedOf('audiences'),
    typedAudiences: [
      ...[...build.audiences.values()].map(({ name, tree }) => ({
        id: ids('audience', name),
        name,
        conditions: Array.isArray(tree) ? tree : ['or', tree],
      })),
      ...importedOf('typedAudiences'),
    ],
    attributes: [...attributes].map((key) => ({ id: ids('attribute', key), key })),
    events: ofKind(found, 'event').map(({ key }) => ({
      id: ids('event', key),
      key,
      experimentIds: [...experiments.values()].map(({ id }) => id),
    })),
    variables: [],
    integrations: integrationsOf(build),
  };
  const presets =
    options.previous === undefined ? { botFiltering: false, anonymizeIP: true, sendFlagDecisions: true } : {};
  // What a build does not define, such as the region, stays.
  const kept = Object.entries({ ...presets, ...others }).filter(([name]) => !Object.hasOwn(defined, name));
  const content = { ...defined, ...Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))) };
  return { datafile: { ...content, revision: nextRevision(previous, content) }, moves: build.moves };
}

/** The same content keeps its revision, so that a build without a change is no change. */
function nextRevision({ revision, fields }: PreviousDatafile, content: object): string {
  const { revision: _before, ...rest } = fields;
  const isSame = JSON.stringify(sorted(rest)) === JSON.stringify(sorted(content));
  return String(isSame ? revision : revision + 1);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}

function rulesOf(flag: FlagDefinition, environment: string | undefined): readonly RuleDefinition[] {
  const own = environment === undefined ? undefined : flag.environments[environment];
  return own ?? flag.rules;
}

function experimentKeysOf({ rules, environments }: FlagDefinition): readonly string[] {
  const all = [...rules, ...Object.values(environments).flat()];
  return all.flatMap((rule) => {
    if (rule.kind === 'imported-rule') return rule.as === 'experiment' ? String(rule.json.key) : [];
    return rule.kind === 'experiment' ? rule.key : [];
  });
}

function buildExperiment(build: Build, flag: FlagDefinition, rule: ExperimentDefinition): Json {
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

function buildRollout(build: Build, flag: FlagDefinition, rule: RolloutDefinition): Json {
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

/** A flag's variation has one id in all of its rules, unless the datafile before has one for each of them. */
function variationId({ ids, previous }: Build, flag: FlagDefinition, ruleKey: string, key: string): string {
  return previous.id('rule-variation', `${ruleKey}.${key}`) ?? ids('variation', `${flag.key}.${key}`);
}

function buildHoldout(build: Build, { key, audience, share }: HoldoutDefinition): Json {
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
function buildGroup(
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

/** Gives shares their buckets, and notes who moves. */
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

/** Users of a rule that is gone are decided by another one. */
function tellOfRemovedRules(
  { previous, moves }: Build,
  flags: readonly FlagDefinition[],
  ruleIds: ReadonlyMap<string, string>,
): void {
  for (const ruleKey of new Set(previous.ruleKeys)) {
    if (ruleIds.has(ruleKey)) continue;
    const ranges = previous.ranges('rule', ruleKey) ?? [];
    const movedShare = allocate(ranges, {}).movedShare;
    const flag = flags.find(({ key }) => ruleKey.startsWith(`${key}_`));
    if (movedShare > 0) moves.push({ flagKey: flag?.key ?? null, ruleKey, movedShare, reason: 'removed' });
  }
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

function useAudience({ audiences }: Build, audience: AudienceDefinition): void {
  const known = audiences.get(audience.name);
  if (known !== undefined && known !== audience) {
    throw invalid(`Two audiences are called "${audience.name}"; expected each name once.`);
  }
  audiences.set(audience.name, audience);
}

/** Where segments are asked for comes with the datafile before: addresses and keys are not part of flags. */
function integrationsOf({ previous, audiences }: Build): unknown {
  const { integrations = [] } = previous.fields;
  const needsPlatform = [...audiences.values()].some(({ tree }: { tree: ConditionTree }) => hasSegments(tree));
  if (needsPlatform && Array.isArray(integrations) && integrations.length === 0)
    return [{ key: 'odp', host: '', publicKey: '' }];
  return integrations;
}

function collect(definitions: readonly Definition[] | Readonly<Record<string, unknown>>): readonly Definition[] {
  const values = Array.isArray(definitions) ? definitions : Object.values(definitions);
  const found = new Set(values.filter(isDefinition));
  const keys = new Set<string>();
  for (const definition of found) {
    const name = definition.kind === 'audience' ? definition.name : definition.key;
    const full = `${definition.kind} "${name}"`;
    if (keys.has(full)) throw invalid(`There are two definitions of the ${full}; expected one.`);
    keys.add(full);
  }
  return [...found];
}

const KINDS = ['audience', 'flag', 'holdout', 'group', 'event', 'attribute', 'imported'];

function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && KINDS.includes((value as { kind?: string }).kind ?? '');
}

function ofKind<K extends Definition['kind']>(
  definitions: readonly Definition[],
  kind: K,
): readonly Extract<Definition, { kind: K }>[] {
  return definitions.filter((definition): definition is Extract<Definition, { kind: K }> => definition.kind === kind);
}

function partition<T>(values: readonly T[], isFirst: (value: T) => boolean): readonly [T[], T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}

function addUnique(experiments: Map<string, Json>, key: string, experiment: Json): void {
  if (experiments.has(key)) throw invalid(`Two experiments have the key "${key}"; expected each key once.`);
  experiments.set(key, experiment);
}

function ruleIdOf(ruleIds: ReadonlyMap<string, string>, key: string, who: string): string {
  const id = ruleIds.get(key);
  if (id === undefined) throw invalid(`${who} names "${key}", which is not a rule of a flag.`);
  return id;
}

function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}
