/** Builds the project config: every entity validated on its own, indexed the way decisions look it up. */
import type {
  AttributeDefinition,
  EventDefinition,
  ExclusionGroup,
  Flag,
  JsonValue,
  ProjectConfig,
  Rule,
} from '@sortition/core';
import { completeFeatureRollouts } from './feature-rollouts.ts';
import { readOdpSettings } from './odp-settings.ts';
import type { ProblemList } from './problem-list.ts';
import { readAudiences } from './read-audiences.ts';
import { readFlag } from './read-flag.ts';
import { readGlobalHoldouts, readLocalHoldouts } from './read-holdouts.ts';
import { describe, type JsonObject } from './read-json.ts';
import { readRule, readTrafficRanges } from './read-rule.ts';
import { indexBy, readEntities, readSection, readString, readStrings } from './read-section.ts';
import type { Steps } from './steps.ts';

/** Rules as they are collected from the three places a datafile keeps them in. */
interface RuleCollection {
  readonly experiments: Rule[];
  readonly rollouts: Map<string, readonly Rule[]>;
  readonly groups: Map<string, ExclusionGroup>;
  /** Ids of rules of type `fr`. */
  readonly featureRollouts: Set<string>;
}

/** Builds the config of a datafile whose version is known to be supported. */
export function* buildProjectConfig(datafile: JsonObject, problems: ProblemList): Steps<ProjectConfig> {
  const audiences = readAudiences(datafile, problems);
  const collection: RuleCollection = {
    experiments: [],
    rollouts: new Map(),
    groups: new Map(),
    featureRollouts: new Set(),
  };
  yield;
  yield* collectRules(collection, datafile.experiments, 'experiment', undefined, problems, collection.experiments);
  yield* collectGroups(collection, datafile, problems);
  yield* collectRollouts(collection, datafile, problems);
  const deliveries = [...collection.rollouts.values()].flat();
  const flags: Flag[] = [];
  for (const entity of readSection(datafile, 'featureFlags', problems)) {
    const flag = readFlag(entity, problems);
    if (flag !== undefined) flags.push(flag);
    yield;
  }
  const rules = completeFeatureRollouts(
    indexBy([...collection.experiments, ...deliveries], (rule) => rule.id, 'Rule', problems),
    collection.featureRollouts,
    flags,
    collection.rollouts,
  );
  return {
    ...readProject(datafile),
    flags: inObjectKeyOrder(indexBy(flags, (flag) => flag.key, 'Flag', problems)),
    rules,
    experiments: collection.experiments.map((rule) =>
      collection.featureRollouts.has(rule.id) ? (rules.get(rule.id) ?? rule) : rule,
    ),
    rollouts: collection.rollouts,
    groups: collection.groups,
    audiences,
    globalHoldouts: readGlobalHoldouts(datafile, problems),
    localHoldouts: readLocalHoldouts(datafile, problems),
    attributes: readAttributes(datafile, problems),
    events: readEvents(datafile, problems),
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
  return {
    version: text(datafile.version),
    accountId: text(datafile.accountId),
    projectId: text(datafile.projectId),
    revision: text(datafile.revision),
    sdkKey: text(datafile.sdkKey),
    environmentKey: text(datafile.environmentKey),
    region: typeof region === 'string' && region !== '' ? region : 'US',
    anonymizeIp: Boolean(datafile.anonymizeIP),
    botFiltering: typeof botFiltering === 'boolean' ? botFiltering : undefined,
    sendFlagDecisions: Boolean(datafile.sendFlagDecisions),
  };
}

/** A number counts as its text: self-made datafiles often number their revisions. */
function text(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function* collectRules(
  collection: RuleCollection,
  section: JsonValue | undefined,
  what: string,
  groupId: string | undefined,
  problems: ProblemList,
  into: Rule[],
): Steps<void> {
  if (section === undefined || section === null) return;
  if (!Array.isArray(section)) {
    problems.add('invalid-section', `The ${what}s were ignored: expected an array, got ${describe(section)}.`);
    return;
  }
  for (const entity of readEntities(section, `${what}s`, problems)) {
    const rule = readRule(entity, what, groupId, problems);
    if (rule === undefined) continue;
    if (entity.type === 'fr') collection.featureRollouts.add(rule.id);
    into.push(rule);
    yield;
  }
}

/** A group that cannot be used takes its experiments with it: without the group nothing would keep their users apart. */
function* collectGroups(collection: RuleCollection, datafile: JsonObject, problems: ProblemList): Steps<void> {
  for (const entity of readSection(datafile, 'groups', problems)) {
    const id = readString(entity, 'id', 'A group', problems);
    if (id === undefined) continue;
    const trafficRanges = readTrafficRanges(entity.trafficAllocation, `Group "${id}"`, problems);
    if (trafficRanges === undefined) continue;
    collection.groups.set(id, { id, policy: text(entity.policy), trafficRanges });
    // A group without an id keeps nobody apart, as in the official SDKs.
    yield* collectRules(
      collection,
      entity.experiments,
      'experiment',
      id || undefined,
      problems,
      collection.experiments,
    );
  }
}

function* collectRollouts(collection: RuleCollection, datafile: JsonObject, problems: ProblemList): Steps<void> {
  for (const entity of readSection(datafile, 'rollouts', problems)) {
    const id = readString(entity, 'id', 'A rollout', problems);
    if (id === undefined) continue;
    const deliveries: Rule[] = [];
    yield* collectRules(collection, entity.experiments, 'delivery', undefined, problems, deliveries);
    collection.rollouts.set(id, deliveries);
  }
}

function readAttributes(datafile: JsonObject, problems: ProblemList): ReadonlyMap<string, AttributeDefinition> {
  const attributes = readSection(datafile, 'attributes', problems).flatMap((entity): AttributeDefinition[] => {
    const id = readString(entity, 'id', 'An attribute', problems);
    const key = readString(entity, 'key', 'An attribute', problems);
    return id === undefined || key === undefined ? [] : [{ id, key }];
  });
  return indexBy(attributes, (attribute) => attribute.key, 'Attribute', problems);
}

function readEvents(datafile: JsonObject, problems: ProblemList): ReadonlyMap<string, EventDefinition> {
  const events = readSection(datafile, 'events', problems).flatMap((entity): EventDefinition[] => {
    const id = readString(entity, 'id', 'An event', problems);
    const key = readString(entity, 'key', 'An event', problems);
    if (id === undefined || key === undefined) return [];
    return [
      { id, key, experimentIds: readStrings(entity.experimentIds, `"experimentIds" of event "${key}"`, problems) },
    ];
  });
  return indexBy(events, (event) => event.key, 'Event', problems);
}

/** Flags are answered in the order the official SDK's objects have: keys that are integers first, ascending. */
function inObjectKeyOrder(flags: ReadonlyMap<string, Flag>): ReadonlyMap<string, Flag> {
  const startsWithDigit = (key: string): boolean => key >= '0' && key < ':';
  if (![...flags.keys()].some(startsWithDigit)) return flags;
  const record = Object.create(null) as Record<string, Flag>;
  for (const [key, flag] of flags) record[key] = flag;
  return new Map(Object.entries(record));
}
