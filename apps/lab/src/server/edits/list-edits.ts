/** Creates, changes and deletes audiences, attributes and events. */
import { createIds, type Draft, listRules } from './draft.ts';
import { EditError } from './edit-error.ts';
import { readFields, readKey, readList, readText, requireFree } from './read-body.ts';

const EXAMPLE = '["or", { "type", "name", "match", "value" }]';

/** `{ name, conditions }`. */
export function createAudience(draft: Draft, body: unknown): string {
  const fields = readFields(body, ['name', 'conditions']);
  const name = readText('name', fields.name);
  draft.typedAudiences.push({
    id: createIds(draft)(),
    name,
    conditions: readList('conditions', fields.conditions, EXAMPLE),
  });
  return `Created audience ${name}`;
}

/** `{ name, conditions }`; a legacy audience, whose conditions are text, becomes a typed one. */
export function changeAudience(draft: Draft, audienceId: string, body: unknown): string {
  const audience = findAudience(draft, audienceId);
  const { name, conditions } = readFields(body, ['name', 'conditions']);
  if (name !== undefined) audience.name = readText('name', name);
  if (conditions !== undefined) {
    audience.conditions = readList('conditions', conditions, EXAMPLE);
    if (!draft.typedAudiences.includes(audience)) draft.typedAudiences.push(audience);
    draft.audiences = draft.audiences.filter((each) => each !== audience);
  }
  return `Changed audience ${audience.name}`;
}

export function deleteAudience(draft: Draft, audienceId: string): string {
  const { name } = findAudience(draft, audienceId);
  const users = listRules(draft).filter(({ rule }) =>
    mentions(rule.audienceConditions ?? rule.audienceIds, audienceId),
  );
  if (users.length > 0) {
    throw new EditError(
      400,
      `the audience is used by ${users.map(({ rule }) => rule.key).join(', ')}; take it out there first`,
    );
  }
  draft.typedAudiences = draft.typedAudiences.filter(({ id }) => id !== audienceId);
  draft.audiences = draft.audiences.filter(({ id }) => id !== audienceId);
  return `Deleted audience ${name}`;
}

/** `{ key }` */
export function createAttribute(draft: Draft, body: unknown): string {
  const key = readKey('key', readFields(body, ['key']).key);
  requireFree(key, draft.attributes, 'an attribute');
  draft.attributes.push({ id: createIds(draft)(), key });
  return `Created attribute ${key}`;
}

/** Conditions that compare it are found by the check that every change goes through. */
export function deleteAttribute(draft: Draft, key: string): string {
  if (!draft.attributes.some((attribute) => attribute.key === key))
    throw new EditError(404, 'there is no attribute of this key');
  draft.attributes = draft.attributes.filter((attribute) => attribute.key !== key);
  return `Deleted attribute ${key}`;
}

/** `{ key }` */
export function createEvent(draft: Draft, body: unknown): string {
  const key = readKey('key', readFields(body, ['key']).key);
  requireFree(key, draft.events, 'an event');
  draft.events.push({ id: createIds(draft)(), key, experimentIds: [] });
  return `Created event ${key}`;
}

export function deleteEvent(draft: Draft, key: string): string {
  if (!draft.events.some((event) => event.key === key)) throw new EditError(404, 'there is no event of this key');
  draft.events = draft.events.filter((event) => event.key !== key);
  return `Deleted event ${key}`;
}

function findAudience({ typedAudiences, audiences }: Draft, audienceId: string) {
  const audience = [...typedAudiences, ...audiences].find(({ id }) => id === audienceId);
  if (audience === undefined) throw new EditError(404, 'there is no audience of this id');
  return audience;
}

function mentions(tree: unknown, audienceId: string): boolean {
  return Array.isArray(tree) ? tree.some((node) => mentions(node, audienceId)) : tree === audienceId;
}
