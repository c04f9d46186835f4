/** Builds the project config: every entity is validated separately and indexed for decisions. */
import type { Audience, Flag, ProjectConfig, Rule } from '@sortition/core';
import type { CreateReferenceCheck } from './dangling-references.ts';
import { indexDatafile } from './datafile-index.ts';
import { completeFeatureRollouts } from './feature-rollouts.ts';
import { inObjectKeyOrder } from './object-key-order.ts';
import { readOdpSettings } from './odp-settings.ts';
import type { ProblemList } from './problem-list.ts';
import { readAudience } from './read-audience.ts';
import { readFlag } from './read-flag.ts';
import { readGlobalHoldouts, readLocalHoldouts } from './read-holdouts.ts';
import type { JsonObject } from './read-json.ts';
import { readRule } from './read-rule.ts';
import { textOf } from './read-section.ts';
import { eachInPieces, type Steps } from './steps.ts';

/** Builds the config of a datafile with a supported version. */
export function* buildProjectConfig(
  datafile: JsonObject,
  problems: ProblemList,
  check: CreateReferenceCheck | undefined,
): Steps<ProjectConfig> {
  const index = indexDatafile(datafile, problems);
  yield;
  const audiences = new Map<string, Audience>();
  const rules = new Map<string, Rule>();
  const rollouts = new Map<string, readonly Rule[]>();
  const flags = new Map<string, Flag>();
  const references = check?.({ audiences, rules, rollouts }, problems);
  /** Keyed by the entity, because two may have the same id. */
  const read = new Map<JsonObject, Rule>();
  const readAll = (entities: readonly JsonObject[]) => entities.map((entity) => read.get(entity) as Rule);
  const addAudience = (entity: JsonObject, isLegacy: boolean): void => {
    const audience = readAudience(entity, isLegacy, problems);
    if (audience !== undefined) audiences.set(audience.id, audience);
  };
  const addRule = (entity: JsonObject, what: string): void => {
    const rule = readRule(entity, what, index.groupIds.get(entity), problems);
    read.set(entity, rule);
    rules.set(rule.id, rule);
    references?.rule(rule);
  };

  yield* eachInPieces(index.typedAudiences, (entity) => addAudience(entity, false));
  yield* eachInPieces(index.legacyAudiences, (entity) => addAudience(entity, true));
  yield* eachInPieces(index.experiments, (entity) => addRule(entity, 'Experiment'));
  yield* eachInPieces(index.deliveries, (entity) => addRule(entity, 'Delivery'));
  for (const [id, deliveries] of index.rollouts) rollouts.set(id, readAll(deliveries));
  yield* eachInPieces(index.flagEntities, (entity) => {
    const flag = readFlag(entity, problems);
    flags.set(flag.key, flag);
    references?.flag(flag);
  });
  completeFeatureRollouts(readAll([...index.featureRollouts.values()]), flags, rollouts);
  const rest = readRest(datafile, audiences, problems);
  const config: ProjectConfig = {
    ...rest,
    flags: inObjectKeyOrder(flags),
    rules,
    experiments: readAll(index.experiments),
    rollouts,
    groups: index.groups,
    audiences,
    attributes: index.attributes,
    events: index.events,
    odp: rest.odp && { ...rest.odp },
  };
  references?.rest(config);
  return config;
}

/**
 * The small sections of a datafile that are always read at once, even if other entities are read when they are needed.
 */
export type RestOfConfig = ProjectFields & Pick<ProjectConfig, 'globalHoldouts' | 'localHoldouts' | 'odp'>;

/** @param audiences Read when their segments are needed. */
export function readRest(
  datafile: JsonObject,
  audiences: ReadonlyMap<string, Audience>,
  problems: ProblemList,
): RestOfConfig {
  // Most projects do not have these sections, and engines do not compile functions that are not called.
  const has = (section: string): boolean => (datafile[section] ?? null) !== null;
  return {
    ...readProject(datafile),
    globalHoldouts: has('holdouts') ? readGlobalHoldouts(datafile, problems) : [],
    localHoldouts: has('localHoldouts') ? readLocalHoldouts(datafile, problems) : new Map(),
    odp: has('integrations') ? readOdpSettings(datafile, audiences, problems) : null,
  };
}

type ProjectFields = Pick<
  ProjectConfig,
  | 'version'
  | 'accountId'
  | 'projectId'
  | 'revision'
  | 'sdkKey'
  | 'environmentKey'
  | 'region'
  | 'anonymizeIp'
  | 'botFiltering'
  | 'sendFlagDecisions'
>;

function readProject(datafile: JsonObject): ProjectFields {
  const { region, botFiltering } = datafile;
  const texts = {} as Record<(typeof TEXTS)[number], string>;
  for (const name of TEXTS) texts[name] = textOf(datafile[name]);
  return {
    ...texts,
    region: typeof region === 'string' && region !== '' ? region : 'US',
    anonymizeIp: Boolean(datafile.anonymizeIP),
    botFiltering: typeof botFiltering === 'boolean' ? botFiltering : undefined,
    sendFlagDecisions: Boolean(datafile.sendFlagDecisions),
  };
}

const TEXTS = ['version', 'accountId', 'projectId', 'revision', 'sdkKey', 'environmentKey'] as const;
