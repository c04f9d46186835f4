/** The entities of a document with their places, so that a finding can say where it is. */
import { isRecord, type Json } from '../json-value.ts';

/** The words that messages use for entities. */
const KINDS = [
  'flag',
  'variable',
  'experiment',
  'delivery',
  'holdout',
  'variation',
  'audience',
  'attribute',
  'event',
  'group',
  'rollout',
] as const;

/** What an entity is. */
export type EntityKind = (typeof KINDS)[number];

interface Entity {
  readonly kind: EntityKind;
  readonly path: string;
  readonly json: Json;
  /** Position among all entities. */
  readonly order: number;
}

/** Look-up of the entities of a document by name. */
export interface Entities {
  /** The entities with this id, key or name, in document order. */
  named(name: string): readonly Entity[];
  /** Place of the first entity of these kinds with an id or a key; `''` when there is none. */
  placeOf(field: 'id' | 'key', value: string, ...kinds: readonly EntityKind[]): string;
}

/** Finds the entities of a document. */
export function findEntities(document: Json): Entities {
  const byName = new Map<string, Entity[]>();
  for (const entity of listEntities(document)) {
    const { id, key, name } = entity.json;
    for (const own of new Set([id, key, name].map(String))) {
      const others = byName.get(own);
      if (others === undefined) byName.set(own, [entity]);
      else others.push(entity);
    }
  }
  const named = (name: string): readonly Entity[] => byName.get(name) ?? [];
  return {
    named,
    placeOf: (field, value, ...kinds) =>
      named(value).find(({ kind, json }) => kinds.includes(kind) && json[field] === value)?.path ?? '',
  };
}

function listEntities(document: Json): readonly Entity[] {
  const entities: Entity[] = [];
  const add = (kind: EntityKind, path: string, list: unknown, visit?: (json: Json, path: string) => void): void => {
    for (const [index, json] of (Array.isArray(list) ? list : []).entries()) {
      if (!isRecord(json)) continue;
      const own = `${path}[${index}]`;
      entities.push({ kind, path: own, json, order: entities.length });
      visit?.(json, own);
    }
  };
  const variations = (json: Json, path: string) => add('variation', `${path}.variations`, json.variations);
  add('flag', 'featureFlags', document.featureFlags, (json, path) =>
    add('variable', `${path}.variables`, json.variables),
  );
  add('experiment', 'experiments', document.experiments, variations);
  add('group', 'groups', document.groups, (json, path) =>
    add('experiment', `${path}.experiments`, json.experiments, variations),
  );
  add('rollout', 'rollouts', document.rollouts, (json, path) =>
    add('delivery', `${path}.experiments`, json.experiments, variations),
  );
  add('holdout', 'holdouts', document.holdouts, variations);
  add('holdout', 'localHoldouts', document.localHoldouts, variations);
  add('audience', 'typedAudiences', document.typedAudiences);
  add('audience', 'audiences', document.audiences);
  add('attribute', 'attributes', document.attributes);
  add('event', 'events', document.events);
  return entities;
}

/** Other words that messages use for a kind. */
const OTHER_WORDS: readonly (readonly [RegExp, readonly EntityKind[]])[] = [[/\brule\b/i, ['experiment', 'delivery']]];

/**
 * Finds the entity that a message of the parser is about. The quoted names in the message are the id, key or name of
 * the entity and of its parents.
 */
export function locate(message: string, entities: Entities): string {
  const names = [...message.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
  const kinds = new Set<EntityKind>(KINDS.filter((kind) => new RegExp(`\\b${kind}\\b`, 'i').test(message)));
  for (const [word, meant] of OTHER_WORDS) if (word.test(message)) for (const kind of meant) kinds.add(kind);
  const named = [...new Set(names.flatMap(entities.named))].sort((a, b) => a.order - b.order);
  const candidates = named.filter(({ kind }) => kinds.has(kind));
  const paths = new Set(named.map(({ path }) => path));
  // The deepest entity whose parent is also named: a variable "price" of flag "checkout".
  const nested = candidates.find(({ path }) => {
    for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
      if (paths.has(path.slice(0, end))) return true;
    }
    return false;
  });
  return (nested ?? candidates[0] ?? named[0])?.path ?? '';
}
