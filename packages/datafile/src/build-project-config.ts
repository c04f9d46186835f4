/** Builds the project config: every entity validated on its own, indexed the way decisions look it up. */
import type { Audience, Flag, ProjectConfig, Rule } from '@sortition/core';
import type { CreateReferenceCheck } from './dangling-references.ts';
import { createDatafileIndex, type DatafileIndex, indexDatafile } from './datafile-index.ts';
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
import type { Steps } from './steps.ts';

/** Builds the config of a datafile whose version is known to be supported. */
export function* buildProjectConfig(
  datafile: JsonObject,
  problems: ProblemList,
  check: CreateReferenceCheck | undefined,
): Steps<ProjectConfig> {
  const index = createDatafileIndex<Rule, Flag, Audience>();
  const { audiences, rules, experiments, groups, rollouts, flags, attributes, events, featureRollouts } = index;
  const references = check?.({ audiences, rules, rollouts }, problems);
  const readers = {
    rule: (entity: JsonObject, what: string, groupId?: string) => readRule(entity, what, groupId, problems),
    flag: (entity: JsonObject) => readFlag(entity, problems),
    audience: (entity: JsonObject, isLegacy: boolean) => readAudience(entity, isLegacy, problems),
    added: references,
  };
  yield* indexDatafile(datafile, index, readers, problems);
  completeFeatureRollouts(featureRollouts, flags, rollouts);
  const rest = readRest(datafile, audiences, problems);
  const config: ProjectConfig = {
    ...rest,
    flags: inObjectKeyOrder(flags),
    rules,
    experiments,
    rollouts,
    groups,
    audiences,
    attributes,
    events,
    odp: rest.odp && { ...rest.odp },
  };
  references?.rest(config);
  return config;
}

/** The entities of which a datafile has few, so that reading them later would save nothing. */
export type RestOfConfig = Omit<ProjectConfig, keyof DatafileIndex<Rule, Flag, Audience>>;

/** @param audiences Read when the segments they ask for are. */
export function readRest(
  datafile: JsonObject,
  audiences: ReadonlyMap<string, Audience>,
  problems: ProblemList,
): RestOfConfig {
  return {
    ...readProject(datafile),
    globalHoldouts: readGlobalHoldouts(datafile, problems),
    localHoldouts: readLocalHoldouts(datafile, problems),
    odp: readOdpSettings(datafile, audiences, problems),
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
