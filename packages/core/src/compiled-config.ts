/**
 * Compiled configs: decisions prepare parts of a config on first use, so that each touches only its own flag and
 * nothing is prepared twice.
 */
import { type CompiledAudiences, compileAudiences, createAudiences } from './audiences.ts';
import { endsOf, type Split, toSplitKey } from './bucketing.ts';
import type { NodeRef } from './condition-tree.ts';
import type { DecisionBasis, DecisionOutcome, DecisionSource } from './decision-outcome.ts';
import type { ExclusionGroup, Flag, ProjectConfig, Rule, Variation } from './project-config.ts';

/** The compiled parts of a config; filled lazily. */
export interface CompiledConfig {
  readonly config: ProjectConfig;
  readonly flags: Map<string, CompiledFlag>;
  /** Experiments that were decided by their own key. */
  readonly experiments: Map<string, CompiledFlag>;
  experimentRules: ReadonlyMap<string, Rule> | undefined;
  /** Rules compiled so far. A datafile may name one rule many times, so each rule is compiled once, not per mention. */
  readonly rules: Map<Rule, CompiledRule>;
  readonly groups: Map<string, CompiledGroup>;
  /** Deliveries and holdouts of every flag, by the list of the config. */
  readonly lists: Map<readonly Rule[], readonly CompiledRule[]>;
  readonly audiences: CompiledAudiences;
  /** Every variation of the project by id; later rules replace earlier ones. */
  variations: ProjectConfig['variations'];
  sharesExperiments: boolean | undefined;
  /** Number of the user to whom `heldOut` belongs; -1 before the first. */
  heldOutUser: number;
  heldOut: HeldOut | undefined;
}

/** The holdout that keeps a user out, and the variation that is served instead. */
export interface HeldOut {
  readonly rule: Rule;
  readonly variation: Variation;
}

/** A flag with its rules looked up, or an experiment as the only rule of a flag that has no key. */
export interface CompiledFlag {
  /** The key of `flag`, copied here so that a decision does not have to read `flag`. */
  readonly key: string;
  readonly globalHoldouts: readonly CompiledRule[];
  readonly experiments: readonly CompiledRule[];
  readonly deliveries: readonly CompiledRule[];
  /**
   * The outcome of the first delivery, if that serves all users; kept from its first decision. Every user for whom no
   * experiment decides gets it, except users with forced decisions.
   */
  everyone: DecisionOutcome | undefined;
  /** The source of decisions by its experiments. */
  readonly source: Extract<DecisionSource, 'feature-test' | 'experiment'>;
  readonly flag: Flag;
  /**
   * The outcomes so far. They are few, so searching a list is faster than a map, and a list is smaller. The list is
   * replaced by each longer one, because a list that grows reserves unused memory.
   */
  outcomes: readonly DecisionOutcome[];
  /** Variations that a forced decision may name, by key; built on first use. */
  variations: ReadonlyMap<string, Variation> | undefined;
}

/** An exclusion group, prepared for bucketing. */
export interface CompiledGroup extends Split, Pick<ExclusionGroup, 'trafficRanges'> {
  readonly ends: readonly number[];
}

/**
 * A rule with its audiences compiled and its references resolved. The fields that a decision reads are copied here, in
 * the order in which they are read: fewer objects mean fewer waits for memory.
 */
export interface CompiledRule extends Split {
  readonly isRunning: boolean;
  readonly localHoldouts: readonly CompiledRule[];
  /** `undefined` when it is empty. */
  readonly allowList: Rule['allowList'];
  /** `null`: all users pass. */
  readonly audience: NodeRef | null;
  readonly cmab: Rule['cmab'];
  /** The group that decides whether the rule may be entered; `undefined` when there is none or its policy is not random. */
  readonly group: CompiledGroup | undefined;
  /** The basis of a delivery's decision. */
  readonly basis: DecisionBasis;
  /** End of each traffic range, exclusive. */
  readonly ends: readonly number[];
  /** The flag that was decided last: flags may share rules, but not outcomes. */
  flag: CompiledFlag | undefined;
  /** The outcome of each traffic range for that flag; filled when it is first needed. */
  bucketed: (DecisionOutcome | undefined)[];
  readonly rule: Rule;
}

const NONE: readonly CompiledRule[] = [];

const NO_FLAG: Flag = { id: '', key: '', experimentIds: [], rolloutId: '', variables: [] };

/** Kept beside the configs, so that a config stays plain data and both are collected together. */
const compiledConfigs = new WeakMap<ProjectConfig, CompiledConfig>();

/** Returns the compiled parts of a config, empty at first. */
export function compiledConfig(config: ProjectConfig): CompiledConfig {
  let compiled = compiledConfigs.get(config);
  if (compiled === undefined) {
    compiled = {
      config,
      flags: new Map(),
      experiments: new Map(),
      experimentRules: undefined,
      rules: new Map(),
      groups: new Map(),
      lists: new Map(),
      audiences: createAudiences(config.audiences),
      variations: undefined,
      sharesExperiments: undefined,
      heldOutUser: -1,
      heldOut: undefined,
    };
    compiledConfigs.set(config, compiled);
  }
  return compiled;
}

/** Whether an experiment is a rule of two flags: an assignment for one of them then affects the other. */
export function sharesExperiments(config: ProjectConfig): boolean {
  const compiled = compiledConfig(config);
  compiled.sharesExperiments ??= findSharedExperiment(config);
  return compiled.sharesExperiments;
}

/** Returns a flag ready for decisions, or `undefined` for a key the config does not have. */
export function compiledFlag(compiled: CompiledConfig, flagKey: string): CompiledFlag | undefined {
  return compiled.flags.get(flagKey) ?? compileFlag(compiled, flagKey);
}

/**
 * Returns an experiment ready for decisions by its own key, or `undefined`. Of several with one key the last one is
 * used.
 */
export function compiledExperiment(compiled: CompiledConfig, experimentKey: string): CompiledFlag | undefined {
  return compiled.experiments.get(experimentKey) ?? compileExperiment(compiled, experimentKey);
}

/** Finds a variation by id among all rules and holdouts of the project. */
export function findVariation(compiled: CompiledConfig, variationId: string): Variation | undefined {
  compiled.variations ??= compiled.config.variations ?? indexVariations(compiled.config);
  return compiled.variations.get(variationId);
}

/** Finds the variation of a traffic range; `undefined` when the range is empty or its variation does not exist. */
export function rangeVariation(
  { compiled }: { readonly compiled: CompiledConfig },
  { rule }: CompiledRule,
  range: number,
): Variation | undefined {
  // A range with an empty id is empty, even if there is a variation with such an id.
  const id = rule.trafficRanges[range]?.entityId;
  return id ? findVariation(compiled, id) : undefined;
}

/** Finds a variation by key among the experiments and deliveries of a flag; of several with one key the first one. */
export function findFlagVariation({ config }: CompiledConfig, flag: CompiledFlag, key: string): Variation | undefined {
  flag.variations ??= indexFlagVariations(config, flag.flag);
  return flag.variations.get(key);
}

function findSharedExperiment(config: ProjectConfig): boolean {
  const ids = Array.from(config.flags.values(), ({ experimentIds }) => [...new Set(experimentIds)]).flat();
  return new Set(ids).size < ids.length;
}

function compileFlag(memory: CompiledConfig, flagKey: string): CompiledFlag | undefined {
  const { config, flags } = memory;
  const flag = config.flags.get(flagKey);
  if (flag === undefined) return undefined;
  const compiled = buildFlag(
    memory,
    flag,
    experimentsOf(config, flag),
    config.globalHoldouts,
    deliveriesOf(config, flag),
  );
  flags.set(flagKey, compiled);
  return compiled;
}

function compileExperiment(memory: CompiledConfig, experimentKey: string): CompiledFlag | undefined {
  const { config, experiments } = memory;
  memory.experimentRules ??= new Map(config.experiments.map((rule) => [rule.key, rule]));
  const rule = memory.experimentRules.get(experimentKey);
  if (rule === undefined) return undefined;
  const compiled = buildFlag(memory, NO_FLAG, [rule]);
  experiments.set(experimentKey, compiled);
  return compiled;
}

function buildFlag(
  memory: CompiledConfig,
  flag: Flag,
  experiments: readonly Rule[],
  globalHoldouts?: readonly Rule[],
  deliveries?: readonly Rule[],
): CompiledFlag {
  return {
    key: flag.key,
    globalHoldouts: compileList(memory, globalHoldouts),
    experiments: experiments.map((rule) => compileRule(memory, rule)),
    everyone: undefined,
    deliveries: compileList(memory, deliveries),
    source: flag === NO_FLAG ? 'experiment' : 'feature-test',
    flag,
    outcomes: [],
    variations: undefined,
  };
}

/** Returns the experiments of a flag. Ids of experiments that the datafile does not have are skipped. */
export function experimentsOf(config: ProjectConfig, flag: Flag): readonly Rule[] {
  return flag.experimentIds.flatMap((id) => config.rules.get(id) ?? []);
}

/** Returns the deliveries of a flag. */
export function deliveriesOf(config: ProjectConfig, flag: Flag): readonly Rule[] {
  return config.rollouts.get(flag.rolloutId) ?? [];
}

/** Rules that are the same for every flag: holdouts and deliveries. */
function compileList(memory: CompiledConfig, rules: readonly Rule[] | undefined): readonly CompiledRule[] {
  if (rules === undefined || rules.length === 0) return NONE;
  let compiled = memory.lists.get(rules);
  if (compiled === undefined) {
    compiled = rules.map((rule) => compileRule(memory, rule));
    memory.lists.set(rules, compiled);
  }
  return compiled;
}

function compileGroup(memory: CompiledConfig, id: string | undefined): CompiledGroup | undefined {
  if (id === undefined) return undefined;
  const known = memory.groups.get(id);
  if (known) return known;
  const group = memory.config.groups.get(id);
  if (group?.policy !== 'random') return undefined;
  const { trafficRanges } = group;
  const compiled = { id, hashKey: toSplitKey(id), trafficRanges, ends: endsOf(trafficRanges) };
  memory.groups.set(id, compiled);
  return compiled;
}

function compileRule(memory: CompiledConfig, rule: Rule): CompiledRule {
  let compiled = memory.rules.get(rule);
  if (compiled === undefined) {
    const { id, trafficRanges, allowList, cmab, layerId } = rule;
    const audience = compileAudiences(memory.audiences, rule.audienceConditions);
    compiled = {
      isRunning: rule.status === 'Running',
      // Holdouts, which have no layer, do not have local holdouts themselves.
      localHoldouts: compileList(memory, layerId === null ? undefined : memory.config.localHoldouts.get(id)),
      allowList: allowList?.size ? allowList : undefined,
      audience,
      cmab,
      group: compileGroup(memory, rule.groupId),
      // When the first variation has the whole traffic, the bucket does not matter.
      basis: !((trafficRanges[0]?.endOfRange ?? 0) >= 10_000) ? 'bucket' : audience === null ? 'everyone' : 'audience',
      hashKey: toSplitKey(id),
      ends: endsOf(trafficRanges),
      flag: undefined,
      bucketed: [],
      id,
      rule,
    };
    memory.rules.set(rule, compiled);
  }
  return compiled;
}

/** Finds a rule's own variation by key; of several with one key the last one. */
export function findOwnVariation({ variations }: Rule, key: string): Variation | undefined {
  for (let index = variations.length - 1; index >= 0; index -= 1) {
    if (variations[index]?.key === key) return variations[index];
  }
  return undefined;
}

/** Returns every variation by id. */
export function indexVariations(config: ProjectConfig): Map<string, Variation> {
  const variations = new Map<string, Variation>();
  const add = (rule: Rule): void => {
    for (const variation of rule.variations) variations.set(variation.id, variation);
  };
  // Not through the rules by id: variations of two rules with the same id are all included.
  config.experiments.forEach(add);
  for (const deliveries of config.rollouts.values()) deliveries.forEach(add);
  config.globalHoldouts.forEach(add);
  for (const holdouts of config.localHoldouts.values()) holdouts.forEach(add);
  return variations;
}

function indexFlagVariations(config: ProjectConfig, flag: Flag): ReadonlyMap<string, Variation> {
  const byId = Object.create(null) as Record<string, Variation>;
  for (const rule of new Set([...experimentsOf(config, flag), ...deliveriesOf(config, flag)]))
    for (const variation of rule.variations) byId[variation.id] = variation;
  const byKey = new Map<string, Variation>();
  for (const variation of Object.values(byId)) if (!byKey.has(variation.key)) byKey.set(variation.key, variation);
  return byKey;
}
