/**
 * What decisions prepare of a config on first use, so that each touches only its own flag and nothing is prepared twice.
 */
import { compileAudiences } from './audiences.ts';
import type { Predicate } from './condition-tree.ts';
import type { ExclusionGroup, Flag, ProjectConfig, Rule, Variation } from './project-config.ts';
import type { ServedVariation } from './variables.ts';

/** The memory of a config; filled lazily. */
export interface CompiledConfig {
  readonly flags: Map<string, CompiledFlag>;
  readonly rules: Map<Rule, CompiledRule>;
  readonly audiences: Map<string, Predicate>;
  /** Every variation of the project by id; later rules replace earlier ones. */
  variations: ReadonlyMap<string, Variation> | undefined;
}

/** A flag with its rules looked up. */
export interface CompiledFlag {
  readonly flag: Flag;
  readonly globalHoldouts: readonly CompiledRule[];
  readonly experiments: readonly CompiledRule[];
  readonly deliveries: readonly CompiledRule[];
  /** What users of each variation get; the key `null` stands for no variation. */
  readonly served: Map<Variation | null, ServedVariation>;
  /** Variations a forced decision may name, by key; built when one is. */
  variations: ReadonlyMap<string, Variation> | undefined;
}

/** A rule with its audiences compiled and its references looked up. */
export interface CompiledRule {
  readonly rule: Rule;
  /** `null`: everyone passes. */
  readonly audience: Predicate | null;
  /** The group that decides whether the rule may be entered; `undefined` when there is none or its policy is not random. */
  readonly group: ExclusionGroup | undefined;
  readonly localHoldouts: readonly CompiledRule[];
  /** The rule's own variations by key; of two with one key the later. */
  readonly variations: ReadonlyMap<string, Variation>;
}

const NONE: readonly CompiledRule[] = [];

/** Beside the configs rather than in them: a config stays plain data, and its memory goes when it goes. */
const compiledConfigs = new WeakMap<ProjectConfig, CompiledConfig>();

/** Returns the memory of a config, empty at first. */
function compiledConfig(config: ProjectConfig): CompiledConfig {
  let compiled = compiledConfigs.get(config);
  if (compiled === undefined) {
    compiled = { flags: new Map(), rules: new Map(), audiences: new Map(), variations: undefined };
    compiledConfigs.set(config, compiled);
  }
  return compiled;
}

/** Returns a flag ready for decisions, or `undefined` for a key the config does not have. */
export function compiledFlag(config: ProjectConfig, flagKey: string): CompiledFlag | undefined {
  const compiled = compiledConfig(config);
  return compiled.flags.get(flagKey) ?? compileFlag(config, compiled, flagKey);
}

/** Finds a variation by id among all rules and holdouts of the project. */
export function findVariation(config: ProjectConfig, variationId: string): Variation | undefined {
  const compiled = compiledConfig(config);
  compiled.variations ??= indexVariations(config);
  return compiled.variations.get(variationId);
}

/** Finds a variation by key among the experiments and deliveries of a flag; of several with one key the first. */
export function findFlagVariation(config: ProjectConfig, compiled: CompiledFlag, key: string): Variation | undefined {
  compiled.variations ??= indexFlagVariations(config, compiled.flag);
  return compiled.variations.get(key);
}

function compileFlag(config: ProjectConfig, memory: CompiledConfig, flagKey: string): CompiledFlag | undefined {
  const flag = config.flags.get(flagKey);
  if (flag === undefined) return undefined;
  const compiled: CompiledFlag = {
    flag,
    globalHoldouts: compileRules(config, memory, config.globalHoldouts),
    experiments: compileRules(config, memory, experimentsOf(config, flag)),
    deliveries: compileRules(config, memory, config.rollouts.get(flag.rolloutId) ?? []),
    served: new Map(),
    variations: undefined,
  };
  memory.flags.set(flagKey, compiled);
  return compiled;
}

/** Ids of experiments the datafile does not have are passed over. */
function experimentsOf(config: ProjectConfig, flag: Flag): readonly Rule[] {
  return flag.experimentIds.flatMap((id) => config.rules.get(id) ?? []);
}

function compileRules(config: ProjectConfig, memory: CompiledConfig, rules: readonly Rule[]): readonly CompiledRule[] {
  return rules.length === 0 ? NONE : rules.map((rule) => compileRule(config, memory, rule));
}

function compileRule(config: ProjectConfig, memory: CompiledConfig, rule: Rule): CompiledRule {
  const known = memory.rules.get(rule);
  if (known) return known;
  const group = rule.groupId === undefined ? undefined : config.groups.get(rule.groupId);
  const compiled: CompiledRule = {
    rule,
    audience: compileAudiences(config.audiences, memory.audiences, rule.audienceConditions),
    group: group?.policy === 'random' ? group : undefined,
    localHoldouts: compileRules(config, memory, config.localHoldouts.get(rule.id) ?? []),
    variations: new Map(rule.variations.map((variation) => [variation.key, variation])),
  };
  memory.rules.set(rule, compiled);
  return compiled;
}

function indexVariations(config: ProjectConfig): ReadonlyMap<string, Variation> {
  const variations = new Map<string, Variation>();
  const add = (rule: Rule): void => {
    for (const variation of rule.variations) variations.set(variation.id, variation);
  };
  config.rules.forEach(add);
  config.globalHoldouts.forEach(add);
  for (const holdouts of config.localHoldouts.values()) holdouts.forEach(add);
  return variations;
}

function indexFlagVariations(config: ProjectConfig, flag: Flag): ReadonlyMap<string, Variation> {
  const byId = Object.create(null) as Record<string, Variation>;
  const rules = [...experimentsOf(config, flag), ...(config.rollouts.get(flag.rolloutId) ?? [])];
  for (const rule of rules) for (const variation of rule.variations) byId[variation.id] ??= variation;
  const byKey = new Map<string, Variation>();
  for (const variation of Object.values(byId)) if (!byKey.has(variation.key)) byKey.set(variation.key, variation);
  return byKey;
}
