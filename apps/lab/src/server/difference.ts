/** The difference between two datafiles, by what they mean: entities are found again by their ids, not by their places. */
import { isDeepStrictEqual } from 'node:util';
import type { Difference } from '../api/history.ts';

type Json = Readonly<Record<string, unknown>>;

interface Entity {
  readonly kind: Difference['kind'];
  readonly name: string;
  readonly fields: Json;
}

/** What is not told apart: it follows from the rest. */
const SILENT_FIELDS: ReadonlySet<string> = new Set(['id', 'layerId', 'rolloutId', 'experiments', 'audienceIds']);

/** Everything that differs, in the order of the newer document, what was removed last. */
export function compareDatafiles(before: object, after: object): readonly Difference[] {
  const [old, now] = [listEntities(before as Json), listEntities(after as Json)];
  const differences: Difference[] = [];
  for (const [id, entity] of now) {
    const known = old.get(id);
    if (known === undefined) differences.push({ kind: entity.kind, name: entity.name, change: 'added', fields: [] });
    else {
      const fields = changedFields(known.fields, entity.fields);
      if (fields.length > 0) differences.push({ kind: entity.kind, name: entity.name, change: 'changed', fields });
    }
  }
  for (const [id, { kind, name }] of old) {
    if (!now.has(id)) differences.push({ kind, name, change: 'removed', fields: [] });
  }
  return differences;
}

function changedFields(before: Json, after: Json): Difference['fields'] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])].filter(
    (name) => !SILENT_FIELDS.has(name),
  );
  return names
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));
}

function listEntities(document: Json): Map<string, Entity> {
  const entities = new Map<string, Entity>();
  const add = (kind: Entity['kind'], list: unknown, more: (entity: Json) => Json = () => ({})): void => {
    for (const entity of recordsOf(list)) {
      const name = String(entity.name ?? entity.key ?? entity.id);
      entities.set(`${kind}/${String(entity.id)}`, { kind, name, fields: { ...entity, ...more(entity) } });
    }
  };
  const rollouts = new Map(recordsOf(document.rollouts).map((rollout) => [rollout.id, recordsOf(rollout.experiments)]));
  const { revision: _, ...settings } = Object.fromEntries(
    Object.entries(document).filter(([, value]) => !Array.isArray(value) && typeof value !== 'object'),
  );
  entities.set('project', { kind: 'project', name: 'project', fields: settings });
  add('flag', document.featureFlags, (flag) => ({
    deliveries: (rollouts.get(flag.rolloutId) ?? []).map(({ key }) => key),
  }));
  add('experiment', document.experiments);
  for (const group of recordsOf(document.groups)) add('experiment', group.experiments);
  add('group', document.groups);
  for (const experiments of rollouts.values()) add('delivery', experiments);
  add('holdout', document.holdouts);
  add('audience', document.audiences);
  add('audience', document.typedAudiences);
  add('attribute', document.attributes);
  add('event', document.events);
  return entities;
}

function recordsOf(list: unknown): readonly Json[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'object' && item !== null) : [];
}
