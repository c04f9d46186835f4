/** The attributes of a user that the service knows, under the ids it knows them by. */
import type { Attributes, ProjectConfig } from '@sortition/core';

/** One attribute on the wire. */
export interface VisitorAttribute {
  readonly entity_id: string;
  readonly key: string;
  readonly type: 'custom';
  readonly value: string | number | boolean;
}

/** Attributes the service understands without the datafile naming them. */
const RESERVED_PREFIX = '$opt_';
const BOT_FILTERING_KEY = '$opt_bot_filtering';
/** Numbers beyond it are no longer exact, and the service does not take them. */
const MAX_NUMBER = 2 ** 53;

/** Picks what can be sent: texts, booleans and numbers within 2^53 whose key the datafile or the service knows. */
export function buildVisitorAttributes(
  attributes: Readonly<Attributes>,
  config: ProjectConfig,
): readonly VisitorAttribute[] {
  const built: VisitorAttribute[] = [];
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    const id = config.attributes.get(key)?.id ?? (key.startsWith(RESERVED_PREFIX) ? key : undefined);
    if (id !== undefined && isSendable(value)) built.push({ entity_id: id, key, type: 'custom', value });
  }
  if (config.botFiltering !== undefined) {
    built.push({ entity_id: BOT_FILTERING_KEY, key: BOT_FILTERING_KEY, type: 'custom', value: config.botFiltering });
  }
  return built;
}

function isSendable(value: unknown): value is string | number | boolean {
  if (typeof value === 'number') return Math.abs(value) <= MAX_NUMBER;
  return typeof value === 'string' || typeof value === 'boolean';
}
