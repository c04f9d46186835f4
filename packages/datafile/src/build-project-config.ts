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
import { addTo, indexBy, readEntities, readSection, readString, readStrings } from './read-section.ts';
import { eachInPieces, type Steps } from './steps.ts';

/** Rules as they are collected from the three places a datafile keeps them in. */
interface RuleCollection {
  readonly experiments: Rule[];
  readonly rollouts: Map<string, readonly Rule[]>;
  readonly groups: Map<string, ExclusionGroup>;
  /** Ids of rules of type `fr`. */
  readonly featureRollouts: Set<string>;
  readonly problems: ProblemList;
}

/** What a list of rules is called, and where they go. */
interface RulePlace {
  readonly what: 'experiment' | 'delivery';
  readonly groupId?: string | undefined;
  readonly into: Rule[];
}

/** Builds the config of a datafile whose version is known to be supported. */
export function* buildProjectConfig(datafile: JsonObject, problems: ProblemList): Steps<ProjectConfig> {
  const audiences = readAudiences(datafile, problems);
  const collection: RuleCollection = {
    experiments: [],
    rollouts: new Map(),
    groups: new Map(),
    featureRollouts: new Set(),
    problems,
  };
  yield;
  yield* collectRules(collection, datafile);
  const flags: Flag[] = [];
  yield* eachInPieces(readSection(datafile, 'featureFlags', problems), (entity) => {
    const flag = readFlag(entity, problems);
    if (flag !== undefined) flags.push(flag);
  });
  const rules = completeFeatureRollouts(indexRules(collection), collection.featureRollouts, flags, collection.rollouts);
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

function* collectRules(collection: RuleCollection, datafile: JsonObject): Steps<void> {
  const { experiments, problems } = collection;
  yield* eachInPieces(ruleEntities(datafile.experiments, 'experiment', problems), (entity) =>
    addRule(collection, entity, { what: 'experiment', into: experiments }),
  );
  yield* eachInPieces(readSection(datafile, 'groups', problems), (entity) => addGroup(collection, entity));
  yield* eachInPieces(readSection(datafile, 'rollouts', problems), (entity) => addRollout(collection, entity));
}

/** A group that cannot be used takes its experiments with it: without the group nothing would keep their users apart. */
function addGroup(collection: RuleCollection, group: JsonObject): void {
  const { experiments, groups, problems } = collection;
  const id = readString(group, 'id', 'A group', problems);
  if (id === undefined) return;
  const trafficRanges = readTrafficRanges(group, 'Group', problems);
  if (trafficRanges === undefined) return;
  groups.set(id, { id, policy: text(group.policy), trafficRanges });
  // A group without an id keeps nobody apart, as in the official SDKs.
  addRules(collection, group.experiments, { what: 'experiment', groupId: id || undefined, into: experiments });
}

function addRollout(collection: RuleCollection, rollout: JsonObject): void {
  const id = readString(rollout, 'id', 'A rollout', collection.problems);
  if (id === undefined) return;
  const deliveries: Rule[] = [];
  addRules(collection, rollout.experiments, { what: 'delivery', into: deliveries });
  collection.rollouts.set(id, deliveries);
}

function addRules(collection: RuleCollection, section: JsonValue | undefined, place: RulePlace): void {
  for (const entity of ruleEntities(section, place.what, collection.problems)) addRule(collection, entity, place);
}

function addRule({ featureRollouts, problems }: RuleCollection, entity: JsonObject, place: RulePlace): void {
  const rule = readRule(entity, place.what, place.groupId, problems);
  if (rule === undefined) return;
  if (entity.type === 'fr') featureRollouts.add(rule.id);
  place.into.push(rule);
}

function ruleEntities(section: JsonValue | undefined, what: string, problems: ProblemList): readonly JsonObject[] {
  if (section === undefined || section === null) return [];
  if (Array.isArray(section)) return readEntities(section, `${what}s`, problems);
  problems.add('invalid-section', `The ${what}s were ignored: expected an array, got ${describe(section)}.`);
  return [];
}

/** Experiments and deliveries by id; of several with the same id the later is used. */
function indexRules({ experiments, rollouts, problems }: RuleCollection): ReadonlyMap<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const rule of experiments) addTo(rules, rule.id, rule, 'Rule', problems);
  for (const deliveries of rollouts.values())
    for (const rule of deliveries) addTo(rules, rule.id, rule, 'Rule', problems);
  return rules;
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
