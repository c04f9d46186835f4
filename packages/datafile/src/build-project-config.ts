/** Builds the project config: every entity validated on its own, indexed the way decisions look it up. */
import type { ExclusionGroup, Flag, JsonValue, ProjectConfig, Rule } from '@sortition/core';
import type { CreateReferenceCheck } from './dangling-references.ts';
import { completeFeatureRollouts } from './feature-rollouts.ts';
import { inObjectKeyOrder } from './object-key-order.ts';
import { readOdpSettings } from './odp-settings.ts';
import type { ProblemList } from './problem-list.ts';
import { readAudiences } from './read-audiences.ts';
import { readFlag } from './read-flag.ts';
import { readGlobalHoldouts, readLocalHoldouts } from './read-holdouts.ts';
import type { JsonObject } from './read-json.ts';
import { readRule, readTrafficRanges } from './read-rule.ts';
import { addTo, hasStrings, readEach, readSection, readStrings } from './read-section.ts';
import { eachInPieces, type Steps } from './steps.ts';

/** Builds the config of a datafile whose version is known to be supported. */
export function* buildProjectConfig(
  datafile: JsonObject,
  problems: ProblemList,
  check: CreateReferenceCheck | undefined,
): Steps<ProjectConfig> {
  const audiences = readAudiences(datafile, problems);
  const rules = new Map<string, Rule>();
  const experiments: Rule[] = [];
  const groups = new Map<string, ExclusionGroup>();
  const rollouts = new Map<string, readonly Rule[]>();
  const featureRollouts = new Map<string, Rule>();
  const flags = new Map<string, Flag>();
  const references = check?.({ audiences, rules, rollouts }, problems);

  const addRule = (entity: JsonObject, what: string, groupId?: string): Rule | undefined => {
    const rule = readRule(entity, what, groupId, problems);
    if (rule === undefined) return undefined;
    addTo(rules, rule.id, rule, problems);
    references?.rule(rule);
    if (entity.type === 'fr') featureRollouts.set(rule.id, rule);
    return rule;
  };
  const addDelivery = (entity: JsonObject) => addRule(entity, 'Delivery');
  const addExperiment = (entity: JsonObject, groupId?: string): void => {
    const rule = addRule(entity, 'Experiment', groupId);
    if (rule !== undefined) experiments.push(rule);
  };

  yield;
  yield* eachInPieces(readSection(datafile, 'experiments', problems), (entity) => addExperiment(entity));
  yield* eachInPieces(readSection(datafile, 'groups', problems), (group) => {
    // Without the group, a user could enter several of its experiments, so they are skipped with it.
    problems.at('Group', group.id);
    if (!hasStrings(group, ['id'], problems)) return;
    const { id } = group;
    const trafficRanges = readTrafficRanges(group, problems);
    if (trafficRanges === undefined) return;
    groups.set(id, { id, policy: text(group.policy), trafficRanges });
    // A group with an empty id excludes no user, as in the official SDKs.
    for (const entity of readSection(group, 'experiments', problems)) addExperiment(entity, id || undefined);
  });
  yield* eachInPieces(readSection(datafile, 'rollouts', problems), (rollout) => {
    const { id } = rollout;
    problems.at('Rollout', id);
    if (!hasStrings(rollout, ['id'], problems)) return;
    const deliveries = readEach(readSection(rollout, 'experiments', problems), addDelivery);
    problems.at('Rollout', id);
    addTo(rollouts, rollout.id, deliveries, problems);
  });
  yield* eachInPieces(readSection(datafile, 'featureFlags', problems), (entity) => {
    const flag = readFlag(entity, problems);
    if (flag === undefined) return;
    addTo(flags, flag.key, flag, problems);
    references?.flag(flag);
  });
  completeFeatureRollouts(featureRollouts, flags, rollouts);
  const config: ProjectConfig = {
    ...readProject(datafile),
    flags: inObjectKeyOrder(flags),
    rules,
    experiments,
    rollouts,
    groups,
    audiences,
    globalHoldouts: readGlobalHoldouts(datafile, problems),
    localHoldouts: readLocalHoldouts(datafile, problems),
    attributes: readKeyed(datafile, 'attributes', 'Attribute', problems, (named) => named),
    events: readKeyed(datafile, 'events', 'Event', problems, (named, entity) => ({
      ...named,
      experimentIds: readStrings(entity, 'experimentIds', problems),
    })),
    odp: readOdpSettings(datafile, audiences, problems),
  };
  references?.rest(config);
  return config;
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
  for (const name of TEXTS) texts[name] = text(datafile[name]);
  return {
    ...texts,
    region: typeof region === 'string' && region !== '' ? region : 'US',
    anonymizeIp: Boolean(datafile.anonymizeIP),
    botFiltering: typeof botFiltering === 'boolean' ? botFiltering : undefined,
    sendFlagDecisions: Boolean(datafile.sendFlagDecisions),
  };
}

const TEXTS = ['version', 'accountId', 'projectId', 'revision', 'sdkKey', 'environmentKey'] as const;

/** A number counts as its text: self-made datafiles often number their revisions. */
function text(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What attributes and events have in common. */
interface Named {
  readonly id: string;
  readonly key: string;
}

/** Returns the entities of a section by key. */
function readKeyed<T>(
  datafile: JsonObject,
  section: string,
  what: string,
  problems: ProblemList,
  complete: (named: Named, entity: JsonObject) => T,
): ReadonlyMap<string, T> {
  const entities = new Map<string, T>();
  for (const entity of readSection(datafile, section, problems)) {
    problems.at(what, typeof entity.key === 'string' ? entity.key : entity.id);
    if (!hasStrings(entity, ['id', 'key'], problems)) continue;
    const { id, key } = entity;
    addTo(entities, key, complete({ id, key }, entity), problems);
  }
  return entities;
}
