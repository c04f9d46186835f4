/**
 * Indexes the sections of a datafile by id or key. Only this module knows which sections there are, and which of two
 * entities with the same id is used. Of an entity only its required properties are checked. This runs once, before the
 * first decision, so engines interpret it; `forEach` then leaves less garbage than `for … of`.
 */
import type { AttributeDefinition, EventDefinition, ExclusionGroup, JsonValue } from '@sortition/core';
import type { ProblemList } from './problem-list.ts';
import type { JsonObject } from './read-json.ts';
import { isReadableRule, readTrafficRanges, reportRule } from './read-rule.ts';
import { addTo, hasStrings, readSection, readStrings, textOf } from './read-section.ts';

/** Unchanged entities of the datafile, by id, flags by key. An entity that cannot be read is reported and left out. */
export interface DatafileIndex {
  readonly typedAudiences: readonly JsonObject[];
  /** Their conditions are JSON text. A typed audience with the same id replaces a legacy one. */
  readonly legacyAudiences: readonly JsonObject[];
  /** Experiments and deliveries. */
  readonly rules: ReadonlyMap<string, JsonObject>;
  /** In the order of the datafile. */
  readonly experiments: readonly JsonObject[];
  /** The group id of each experiment that is inside a group. */
  readonly groupIds: ReadonlyMap<JsonObject, string>;
  readonly groups: ReadonlyMap<string, ExclusionGroup>;
  /** In the order of the datafile, including rollouts that were replaced by a later one. */
  readonly deliveries: readonly JsonObject[];
  readonly rollouts: ReadonlyMap<string, readonly JsonObject[]>;
  /** Including flags that were replaced by a later one. */
  readonly flagEntities: readonly JsonObject[];
  readonly flags: ReadonlyMap<string, JsonObject>;
  readonly attributes: ReadonlyMap<string, AttributeDefinition>;
  readonly events: ReadonlyMap<string, EventDefinition>;
  /** Rules of the type `fr`. */
  readonly featureRollouts: ReadonlyMap<string, JsonObject>;
}

const ID = ['id'] as const;
const ID_AND_KEY = ['id', 'key'] as const;

/** Indexes a datafile with a supported version. */
export function indexDatafile(datafile: JsonObject, problems: ProblemList): DatafileIndex {
  const rules = new Map<string, JsonObject>();
  const featureRollouts = new Map<string, JsonObject>();
  const groupIds = new Map<JsonObject, string>();
  const groups = new Map<string, ExclusionGroup>();
  const rollouts = new Map<string, readonly JsonObject[]>();
  const deliveries: JsonObject[] = [];
  const flags = new Map<string, JsonObject>();

  const addRules = (holder: JsonObject, what: string, into: JsonObject[]): readonly JsonObject[] => {
    const listed = readSection(holder, 'experiments', problems);
    const readable = listed.every(isReadableRule)
      ? listed
      : listed.filter((entity) => isReadableRule(entity) || reportRule(entity, what, problems));
    readable.forEach((entity) => {
      const id = entity.id as string;
      addTo(rules, id, entity, what, problems);
      if (entity.type === 'fr') featureRollouts.set(id, entity);
      into.push(entity);
    });
    return readable;
  };
  const withStrings = <K extends string>(section: string, what: string, properties: readonly K[]) =>
    readSection(datafile, section, problems).filter((entity): entity is JsonObject & { readonly [P in K]: string } =>
      hasStrings(entity, properties, what, problems),
    );

  const typedAudiences = withStrings('typedAudiences', 'Audience', ID);
  const legacy = withStrings('audiences', 'Audience', ID);
  const typedIds: ReadonlySet<JsonValue | undefined> = new Set(
    legacy.length > 0 ? typedAudiences.map(({ id }) => id) : [],
  );
  const experiments: JsonObject[] = [];
  addRules(datafile, 'Experiment', experiments);
  for (const group of withStrings('groups', 'Group', ID)) {
    const { id } = group;
    problems.at('Group', id);
    // Without the group a user could enter several of its experiments, so they are skipped too.
    const trafficRanges = readTrafficRanges(group, problems);
    if (trafficRanges === undefined) continue;
    groups.set(id, { id, policy: textOf(group.policy), trafficRanges });
    const own = addRules(group, 'Experiment', experiments);
    // A group with an empty id excludes no user, as in the official SDKs.
    if (id !== '') for (const entity of own) groupIds.set(entity, id);
  }
  withStrings('rollouts', 'Rollout', ID).forEach((rollout) => {
    addTo(rollouts, rollout.id, addRules(rollout, 'Delivery', deliveries), 'Rollout', problems);
  });
  const flagEntities = withStrings('featureFlags', 'Flag', ['key']);
  flagEntities.forEach((entity) => {
    addTo(flags, entity.key, entity, 'Flag', problems);
  });
  const attributes = new Map<string, AttributeDefinition>();
  for (const { id, key } of withStrings('attributes', 'Attribute', ID_AND_KEY))
    addTo(attributes, key, { id, key }, 'Attribute', problems);
  const events = new Map<string, EventDefinition>();
  for (const entity of withStrings('events', 'Event', ID_AND_KEY)) {
    const { id, key } = entity;
    problems.at('Event', key);
    addTo(events, key, { id, key, experimentIds: readStrings(entity, 'experimentIds', problems) }, 'Event', problems);
  }
  return {
    typedAudiences,
    legacyAudiences: legacy.filter(({ id }) => !typedIds.has(id)),
    rules,
    experiments,
    groupIds,
    groups,
    deliveries,
    rollouts,
    flagEntities,
    flags,
    attributes,
    events,
    featureRollouts,
  };
}
