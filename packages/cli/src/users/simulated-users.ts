/**
 * Users to simulate with. They have the attributes and segments that the audiences of a project ask for, with values on both
 * sides of each comparison, so that every audience has members. The same project gives the same users on every machine.
 */

import type { JsonValue } from '@sortition/core';
import {
  type Attributes,
  createUserSnapshot,
  murmur3,
  type ProjectConfig,
  type UserSnapshot,
  withSegments,
} from '@sortition/core';

/** A user before anything was decided. */
export interface SimulatedUser {
  readonly userId: string;
  readonly attributes: Attributes;
  /** `undefined` when segments were not fetched. */
  readonly segments: readonly string[] | undefined;
}

/** More values of one attribute would leave too few users for each. */
const MAX_VALUES = 40;

/**
 * Makes up users. Those on allow-lists come first; the others are `user-1`, `user-2` and so on.
 *
 * @param configs Whose audiences the attributes are for.
 */
export function simulateUsers(configs: readonly ProjectConfig[], count: number): readonly SimulatedUser[] {
  const values = new Map<string, Set<string | number | boolean>>();
  const segments = new Set<string>();
  for (const { audiences } of configs) {
    for (const { conditions } of audiences.values()) collect(conditions, values, segments);
  }
  const domains = [...values].map(([key, found]) => [key, [...found].slice(0, MAX_VALUES)] as const);
  const listed = new Set(
    configs.flatMap(({ rules }) => [...rules.values()].flatMap(({ allowList }) => [...(allowList?.keys() ?? [])])),
  );
  // Most users should be those that buckets decide.
  const ids = [...listed].slice(0, Math.floor(count / 10));
  for (let number = 1; ids.length < count; number += 1) ids.push(`user-${number}`);
  return ids.map((userId) => {
    const attributes: Attributes = {};
    for (const [key, domain] of domains) {
      const value = domain[murmur3(`${userId} has ${key}`) % (domain.length + 1)];
      if (value !== undefined) attributes[key] = value;
    }
    const own = [...segments].filter((segment) => murmur3(`${userId} in ${segment}`) % 2 === 0);
    return { userId, attributes, segments: segments.size === 0 ? undefined : own };
  });
}

/** The user as decisions see them. */
export function toSnapshot({ userId, attributes, segments }: SimulatedUser): UserSnapshot {
  const user = createUserSnapshot(userId, attributes);
  return segments === undefined ? user : withSegments(user, new Set(segments));
}

function collect(
  conditions: JsonValue,
  values: Map<string, Set<string | number | boolean>>,
  segments: Set<string>,
): void {
  if (Array.isArray(conditions)) {
    for (const part of conditions) collect(part, values, segments);
    return;
  }
  if (typeof conditions !== 'object' || conditions === null) return;
  const { type, name, match = 'exact', value } = conditions as Record<string, JsonValue>;
  if (type === 'third_party_dimension' && typeof value === 'string') segments.add(value);
  if (type !== 'custom_attribute' || typeof name !== 'string') return;
  const found = values.get(name) ?? new Set();
  for (const candidate of candidatesOf(String(match), value)) found.add(candidate);
  values.set(name, found);
}

/** Values for which a comparison is true, and values for which it is false. */
function candidatesOf(match: string, value: JsonValue | undefined): (string | number | boolean)[] {
  if (match === 'exists') return ['a value'];
  if (typeof value === 'boolean') return [true, false];
  if (typeof value === 'number') return match === 'exact' ? [value, value + 1] : [value - 1, value, value + 1];
  if (typeof value !== 'string') return [];
  if (match === 'substring') return [value, `in ${value} and around`, 'another value'];
  if (match.startsWith('semver')) return [value, `${value}.1`, '0.0.1', '999.0.0'];
  return [value, 'another value'];
}
