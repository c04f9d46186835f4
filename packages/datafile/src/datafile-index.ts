/**
 * Goes through the sections of a datafile and keeps what is in them by id or key: the one place that knows which sections
 * there are, and which of two entities with one id counts. How much of an entity is read is up to the readers.
 */
import type { AttributeDefinition, EventDefinition, ExclusionGroup, JsonValue } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import type { JsonObject } from './read-json.ts';
import { readTrafficRanges } from './read-rule.ts';
import { addTo, hasStrings, readEach, readSection, readStrings, textOf } from './read-section.ts';
import { eachInPieces, type Steps } from './steps.ts';

/** Entities by id, flags by key. A rule, flag or audience is what its reader made of it. */
export interface DatafileIndex<R, F, A> {
  /** Typed ones first. */
  readonly audiences: Map<string, A>;
  readonly rules: Map<string, R>;
  /** The experiments among the rules, in the order of the datafile. */
  readonly experiments: R[];
  readonly groups: Map<string, ExclusionGroup>;
  readonly rollouts: Map<string, readonly R[]>;
  readonly flags: Map<string, F>;
  readonly attributes: Map<string, AttributeDefinition>;
  readonly events: Map<string, EventDefinition>;
  /** Rules of the type `fr`. */
  readonly featureRollouts: Map<string, R>;
}

/** Each returns `undefined` after reporting that an entity is skipped; any other entity has its id or key. */
export interface EntityReaders<R, F, A> {
  /** @param what What kind of rule it is, as the first word of a message. */
  rule(entity: JsonObject, what: string, groupId?: string): R | undefined;
  flag(entity: JsonObject): F | undefined;
  /** @param isLegacy Its conditions are JSON text. */
  audience(entity: JsonObject, isLegacy: boolean): A | undefined;
  /** Told of every rule in the index, and then of every flag. */
  readonly added?: { rule(rule: R): void; flag(flag: F): void } | undefined;
}

const ID = ['id'] as const;

/** Returns an empty index. */
export function createDatafileIndex<R, F, A>(): DatafileIndex<R, F, A> {
  return {
    audiences: new Map(),
    rules: new Map(),
    experiments: [],
    groups: new Map(),
    rollouts: new Map(),
    flags: new Map(),
    attributes: new Map(),
    events: new Map(),
    featureRollouts: new Map(),
  };
}

/** Fills an index with the entities of a datafile. A typed audience replaces the legacy one with its id, which is not read. */
export function* indexDatafile<R, F, A>(
  datafile: JsonObject,
  {
    audiences,
    rules,
    experiments,
    groups,
    rollouts,
    flags,
    attributes,
    events,
    featureRollouts,
  }: DatafileIndex<R, F, A>,
  { rule: readRule, flag: readFlag, audience: readAudience, added }: EntityReaders<R, F, A>,
  problems: ProblemList,
): Steps<void> {
  const addAudience = (entity: JsonObject, isLegacy: boolean): void => {
    const audience = readAudience(entity, isLegacy);
    if (audience !== undefined) audiences.set(entity.id as string, audience);
  };
  const addRule = (entity: JsonObject, what: string, groupId?: string): R | undefined => {
    const rule = readRule(entity, what, groupId);
    if (rule === undefined) return undefined;
    const id = entity.id as string;
    addTo(rules, id, rule, problems);
    added?.rule(rule);
    if (entity.type === 'fr') featureRollouts.set(id, rule);
    return rule;
  };
  const addDelivery = (entity: JsonObject) => addRule(entity, 'Delivery');
  const addExperiment = (entity: JsonObject, groupId?: string): void => {
    const rule = addRule(entity, 'Experiment', groupId);
    if (rule !== undefined) experiments.push(rule);
  };

  for (const entity of readSection(datafile, 'typedAudiences', problems)) addAudience(entity, false);
  const legacy = readSection(datafile, 'audiences', problems);
  const typed: ReadonlySet<JsonValue | undefined> = new Set(legacy.length > 0 ? audiences.keys() : []);
  for (const entity of legacy) if (!typed.has(entity.id)) addAudience(entity, true);
  yield;
  yield* eachInPieces(readSection(datafile, 'experiments', problems), (entity) => addExperiment(entity));
  yield* eachInPieces(readSection(datafile, 'groups', problems), (group) => {
    // Without the group, a user could enter several of its experiments, so they are skipped with it.
    problems.at('Group', group.id);
    if (!hasStrings(group, ID, problems)) return;
    const { id } = group;
    const trafficRanges = readTrafficRanges(group, problems);
    if (trafficRanges === undefined) return;
    groups.set(id, { id, policy: textOf(group.policy), trafficRanges });
    // A group with an empty id excludes no user, as in the official SDKs.
    for (const entity of readSection(group, 'experiments', problems)) addExperiment(entity, id || undefined);
  });
  yield* eachInPieces(readSection(datafile, 'rollouts', problems), (rollout) => {
    const { id } = rollout;
    problems.at('Rollout', id);
    if (!hasStrings(rollout, ID, problems)) return;
    const deliveries = readEach(readSection(rollout, 'experiments', problems), addDelivery);
    problems.at('Rollout', id);
    addTo(rollouts, rollout.id, deliveries, problems);
  });
  yield* eachInPieces(readSection(datafile, 'featureFlags', problems), (entity) => {
    const flag = readFlag(entity);
    if (flag === undefined) return;
    addTo(flags, entity.key as string, flag, problems);
    added?.flag(flag);
  });
  for (const entity of readSection(datafile, 'attributes', problems)) {
    if (!isKeyed(entity, 'Attribute', problems)) continue;
    const { id, key } = entity;
    addTo(attributes, key, { id, key }, problems);
  }
  for (const entity of readSection(datafile, 'events', problems)) {
    if (!isKeyed(entity, 'Event', problems)) continue;
    const { id, key } = entity;
    addTo(events, key, { id, key, experimentIds: readStrings(entity, 'experimentIds', problems) }, problems);
  }
}

/** Whether an attribute or an event has an id and a key; what is missing is reported. */
function isKeyed(
  entity: JsonObject,
  what: string,
  problems: ProblemList,
): entity is JsonObject & { readonly id: string; readonly key: string } {
  const { id, key } = entity;
  problems.at(what, typeof key === 'string' ? key : id);
  return hasStrings(entity, ['id', 'key'], problems);
}
