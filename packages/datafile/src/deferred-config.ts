/**
 * A config whose rules, flags and audiences are read when they are first needed, so that creating a client costs little
 * more than parsing the JSON text. Its content equals the result of `buildProjectConfig` for the same document.
 */
import type { ProjectConfig, Rule, Variation } from '@sortition/core';
import { indexVariations } from '@sortition/core/internal';
import { readRest } from './build-project-config.ts';
import { type DatafileIndex, indexDatafile } from './datafile-index.ts';
import { DeferredMap } from './deferred-map.ts';
import { completeFeatureRollouts } from './feature-rollouts.ts';
import { inObjectKeyOrder } from './object-key-order.ts';
import type { ProblemList } from './problem-list.ts';
import { readAudience } from './read-audience.ts';
import { readFlag } from './read-flag.ts';
import type { JsonObject } from './read-json.ts';
import { readRule } from './read-rule.ts';

/**
 * Builds the config of a datafile with a supported version.
 *
 * @param onMistake Called for each mistake that is found, now and when entities are read.
 */
export function buildDeferredConfig(datafile: JsonObject, onMistake: () => undefined): ProjectConfig {
  const problems = callAtMistakes(onMistake);
  for (const name of SECTIONS) if (!Array.isArray(datafile[name] ?? NONE)) onMistake();
  const read = new Map<JsonObject, Rule>();
  const readRuleOnce = (entity: JsonObject): Rule => {
    const rule = read.get(entity) ?? readRule(entity, '', find().groupIds.get(entity), problems);
    read.set(entity, rule);
    return rule;
  };

  let index: DatafileIndex | undefined;
  const find = (): DatafileIndex => index ?? start();
  const start = (): DatafileIndex => {
    const found = indexDatafile(datafile, problems);
    // A listener for a mistake may have made a decision in the meantime.
    if (index !== undefined) return index;
    index = found;
    const { featureRollouts } = found;
    if (featureRollouts.size > 0)
      completeFeatureRollouts([...featureRollouts.values()].map(readRuleOnce), flags, rollouts);
    return found;
  };

  const flags = new DeferredMap(
    () => inObjectKeyOrder(find().flags),
    (entity) => readFlag(entity, problems),
  );
  const rollouts = new DeferredMap(
    () => find().rollouts,
    (deliveries) => deliveries.map(readRuleOnce),
  );
  let legacyAudiences: ReadonlySet<JsonObject> | undefined;
  const audiences = new DeferredMap(
    () => audiencesById(find(), problems),
    (entity) => {
      legacyAudiences ??= new Set(find().legacyAudiences);
      return readAudience(entity, legacyAudiences.has(entity), problems);
    },
  );
  const config = Object.assign(new DeferredExperiments(() => find().experiments.map(readRuleOnce)), {
    ...readRest(datafile, audiences, problems),
    flags,
    rules: new DeferredMap(() => find().rules, readRuleOnce, 'kept-by-reader'),
    rollouts,
    groups: new DeferredMap(() => find().groups, asRead),
    audiences,
    attributes: new DeferredMap(() => find().attributes, asRead),
    events: new DeferredMap(() => find().events, asRead),
  });
  // Not enumerable, so that it is not part of a copy, whose rules may differ.
  Object.defineProperty(config, 'variations', { value: deferVariations(find, readRuleOnce, config) });
  return config;
}

/** The sections that are indexed when they are needed; the others are read when a client is created. */
const SECTIONS = [
  'typedAudiences',
  'audiences',
  'experiments',
  'groups',
  'rollouts',
  'featureFlags',
  'attributes',
  'events',
];
const NONE: readonly never[] = [];

/** Returns an entry unchanged: small sections are read when they are indexed. */
function asRead<T>(entry: T): T {
  return entry;
}

function callAtMistakes(onMistake: () => undefined): ProblemList {
  const at = (): undefined => undefined;
  return { at, add: onMistake, skip: onMistake, ignore: onMistake, leaveOut: onMistake, all: () => NONE };
}

function audiencesById(
  { typedAudiences, legacyAudiences }: DatafileIndex,
  problems: ProblemList,
): ReadonlyMap<string, JsonObject> {
  const audiences = new Map<string, JsonObject>();
  typedAudiences.forEach((entity) => void audiences.set(entity.id as string, entity));
  for (const entity of legacyAudiences) {
    const id = entity.id as string;
    // Of two audiences with the same id the later one is used, unless its text is not JSON.
    if (!audiences.has(id) || readAudience(entity, true, problems)) audiences.set(id, entity);
  }
  return audiences;
}

/** A class, because a getter in an object literal gives each object a separate hidden class. */
class DeferredExperiments {
  declare readonly experiments: readonly Rule[];
  declare readonly readOnce: () => readonly Rule[];

  constructor(read: () => readonly Rule[]) {
    let experiments: readonly Rule[] | undefined;
    // Not a private name: it would not be found through a proxy.
    Object.defineProperty(this, 'readOnce', { value: () => (experiments ??= read()) });
    // An own property, so that a copy has it too.
    Object.defineProperty(this, 'experiments', { enumerable: true, get: this.readExperiments });
  }

  readExperiments(): readonly Rule[] {
    return this.readOnce();
  }
}

/** Finds variations by id and reads only the rules they belong to. */
function deferVariations(
  find: () => DatafileIndex,
  readRuleOnce: (entity: JsonObject) => Rule,
  config: ProjectConfig,
): NonNullable<ProjectConfig['variations']> {
  /** Variation id to the unchanged rule that has it. */
  let owners: Map<unknown, JsonObject> | undefined;
  let known = new Map<string, Variation>();
  const start = (): Map<unknown, JsonObject> => {
    const found = new Map<unknown, JsonObject>();
    const add = (entity: JsonObject): void => {
      const variations = entity.variations as readonly (Partial<Variation> | null)[];
      variations.forEach((variation) => void found.set(variation?.id, entity));
    };
    const { experiments, rollouts } = find();
    experiments.forEach(add);
    rollouts.forEach((deliveries) => void deliveries.forEach(add));
    // Holdouts have been read already; they come last, and of several variations with the same id the last one is used.
    for (const { variations } of [...config.globalHoldouts, ...[...config.localHoldouts.values()].flat()]) {
      for (const variation of variations) {
        known.set(variation.id, variation);
        found.delete(variation.id);
      }
    }
    return found;
  };
  return {
    get(id) {
      owners ??= start();
      const owner = known.has(id) ? undefined : owners.get(id);
      if (owner !== undefined) {
        for (const variation of readRuleOnce(owner).variations)
          if (owners.get(variation.id) === owner) known.set(variation.id, variation);
        for (const variation of readRuleOnce(owner).variations)
          if (known.has(variation.id)) owners.delete(variation.id);
        // An invalid rule does not hide a variation with the same id in an earlier rule.
        if (!known.has(id)) {
          known = indexVariations(config);
          owners.clear();
        }
      }
      return known.get(id);
    },
  };
}
