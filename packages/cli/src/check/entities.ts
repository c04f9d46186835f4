/** The entities of a document with their places, so that a finding can say where it is. */
import { isRecord, type Json } from '../json-value.ts';

/** An entity and its place. */
export interface Entity {
  readonly kind: EntityKind;
  readonly path: string;
  readonly json: Json;
}

/** The words that messages use for entities. */
export type EntityKind =
  | 'flag'
  | 'variable'
  | 'experiment'
  | 'delivery'
  | 'holdout'
  | 'variation'
  | 'audience'
  | 'attribute'
  | 'event'
  | 'group'
  | 'rollout';

/** Lists the entities of a document, in the order in which they stand. */
export function listEntities(document: Json): readonly Entity[] {
  const entities: Entity[] = [];
  const add = (kind: EntityKind, path: string, list: unknown, visit?: (json: Json, path: string) => void): void => {
    for (const [index, json] of (Array.isArray(list) ? list : []).entries()) {
      if (!isRecord(json)) continue;
      const own = `${path}[${index}]`;
      entities.push({ kind, path: own, json });
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

/** A word of a message that stands for a kind under another name. */
const OTHER_WORDS: readonly (readonly [RegExp, readonly EntityKind[]])[] = [[/\brule\b/i, ['experiment', 'delivery']]];

/**
 * Finds the entity that a message of the parser is about: the names in quotes are its id, key or name, and those of what it
 * belongs to.
 */
export function locate(message: string, entities: readonly Entity[]): string {
  const names = [...message.matchAll(/"([^"]*)"/g)].map(([, name]) => name);
  if (names.length === 0) return '';
  const has = ({ json }: Entity): boolean =>
    [json.id, json.key, json.name].some((value) => names.includes(String(value)));
  const kinds = new Set<EntityKind>(
    entities.map(({ kind }) => kind).filter((kind) => new RegExp(`\\b${kind}\\b`, 'i').test(message)),
  );
  for (const [word, meant] of OTHER_WORDS) if (word.test(message)) for (const kind of meant) kinds.add(kind);
  const named = entities.filter(has);
  const candidates = named.filter(({ kind }) => kinds.has(kind));
  // The deepest one inside another that is named too: a variable "price" of flag "checkout".
  const nested = candidates.filter(({ path }) =>
    named.some((other) => other.path !== path && path.startsWith(`${other.path}.`)),
  );
  return (nested[0] ?? candidates[0] ?? named[0])?.path ?? '';
}
