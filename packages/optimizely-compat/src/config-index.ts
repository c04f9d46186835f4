/** Look-up tables of a project config for the older calls; built once per config, on first use. */
import type { ProjectConfig, Rule, Variation } from '@sortition/core';

/** Lookups of one config. */
export interface ConfigIndex {
  /** Experiments and deliveries by key; of several rules with one key the last. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** By id. */
  readonly variations: ReadonlyMap<string, Variation>;
  /** The experiments among the rules. */
  readonly experiments: ReadonlySet<Rule>;
  /** Ids of the experiments that belong to a flag. */
  readonly flagExperiments: ReadonlySet<string>;
}

const indexes = new WeakMap<ProjectConfig, ConfigIndex>();

/** Returns the lookups of a config. */
export function indexOf(config: ProjectConfig): ConfigIndex {
  const known = indexes.get(config);
  if (known) return known;
  const rules = [...config.experiments, ...[...config.rollouts.values()].flat()];
  const index: ConfigIndex = {
    rules: new Map(rules.map((rule) => [rule.key, rule])),
    variations: new Map(rules.flatMap((rule) => rule.variations.map((variation) => [variation.id, variation]))),
    experiments: new Set(config.experiments),
    flagExperiments: new Set([...config.flags.values()].flatMap(({ experimentIds }) => experimentIds)),
  };
  indexes.set(config, index);
  return index;
}
