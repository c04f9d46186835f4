/** Building: from definitions to a datafile that every Optimizely SDK reads. */
import { allocate } from './allocate.ts';
import { buildExperiment, buildGroup, buildHoldout, buildRollout, useAudience } from './build-rules.ts';
import { type Build, invalid, type Move } from './build-state.ts';
import { checkRecord } from './checked-record.ts';
import { collectDefinitions, ofKind } from './collect-definitions.ts';
import { attributesIn, type ConditionTree, hasSegments } from './conditions.ts';
import type { Definition, FlagDefinition, ImportedSection, RuleDefinition } from './definitions.ts';
import { createEntityIds } from './entity-ids.ts';
import { type Json, type PreviousDatafile, readPrevious } from './previous-datafile.ts';
import { toVariableText } from './variables.ts';

/** The result of a build. */
export interface BuiltDatafile {
  readonly datafile: Json;
  /** Empty when every user keeps what they have. */
  readonly moves: readonly Move[];
}

/** Options of a build. */
export interface BuildOptions {
  /** The published datafile, from which ids and buckets are taken over. Without it everything is new. */
  readonly previous?: string | object | undefined;
  /** Chooses the rules that flags have for this environment. */
  readonly environment?: string | undefined;
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
  checkRecord(options, 'The second argument of buildDatafile', '{ previous?, environment? }');
  const found = collectDefinitions(definitions);
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
  // Fields that a build does not define, such as the region, are kept.
  const kept = Object.entries({ ...presets, ...others }).filter(([name]) => !Object.hasOwn(defined, name));
  const content = { ...defined, ...Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))) };
  return { datafile: { ...content, revision: nextRevision(previous, content) }, moves: build.moves };
}

/** The same content keeps its revision, so that a build without changes writes the same datafile. */
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

/** Reports users of removed rules, who are decided by another rule. */
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

/** The ODP integration comes from the previous datafile, because addresses and keys are not part of flags. */
function integrationsOf({ previous, audiences }: Build): unknown {
  const { integrations = [] } = previous.fields;
  const needsPlatform = [...audiences.values()].some(({ tree }: { tree: ConditionTree }) => hasSegments(tree));
  if (needsPlatform && Array.isArray(integrations) && integrations.length === 0)
    return [{ key: 'odp', host: '', publicKey: '' }];
  return integrations;
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
