/** The user as decisions see them: plain immutable data, read once from the application's values. */
import { tryPart } from './call-part.ts';
import type { HashPrefix } from './split-hash.ts';

/** A fact about a user. `null` counts as a value that matches nothing, `undefined` as absent. */
export type AttributeValue = string | number | boolean | null | undefined;

/** Attributes by key. */
export type Attributes = Record<string, AttributeValue>;

/** Forced decisions: flag key to rule key to variation key; the rule key `null` stands for the flag itself. */
export type ForcedDecisions = ReadonlyMap<string, ReadonlyMap<string | null, string>>;

/** Stored assignments: experiment id to variation id. */
export interface Assignments {
  get(experimentId: string): string | undefined;
}

/** Assignments from the attributes, if there are any. */
type Assigned = ReadonlyMap<string, string> | null;

/** The data of a user that a decision reads. It does not change after it was built, except for cached values. */
export interface UserSnapshot {
  readonly userId: string;
  readonly attributes: Readonly<Attributes>;
  /** The string that is hashed: the user id unless the attribute `$opt_bucketing_id` is a string. */
  readonly bucketingId: string;
  /** A different number for each combination of user, attributes and segments; audiences remember results by it. */
  readonly number: number;
  /** The hash state of the bucketing id; a cache. */
  hashPrefix: HashPrefix | undefined;
  /** Assignments from the attribute `$opt_experiment_bucket_map`. */
  readonly attributeAssignments: Assigned;
  /** `null`: not fetched. */
  readonly qualifiedSegments: ReadonlySet<string> | null;
  readonly forcedDecisions: ForcedDecisions | null;
}

/** Attribute that replaces the user id as the hashed string. */
const BUCKETING_ID_ATTRIBUTE = '$opt_bucketing_id';

/** Attribute with sticky assignments: experiment id to `{ variation_id }`. */
const BUCKET_MAP_ATTRIBUTE = '$opt_experiment_bucket_map';

/**
 * Builds the snapshot of a user. Never throws.
 *
 * @param attributes Any value. Each own property is read once; if reading one throws, all are read again one by one. A
 * property that cannot be read, or whose value is not an attribute value, is left out.
 */
export function createUserSnapshot(userId: string, attributes?: unknown): UserSnapshot {
  const copy = copyAttributes(attributes);
  for (const key in copy) {
    // Removes values that are not attribute values, and reads the attribute with assignments.
    if (!isAttributeValue(copy[key])) return withAttributes(newSnapshot(userId, {}), Object.entries(copy));
  }
  return newSnapshot(userId, copy as Attributes);
}

/** Spreading is many times faster than a loop; the loop is for objects with a property that throws. */
function copyAttributes(attributes: unknown): Record<string, unknown> {
  try {
    return typeof attributes !== 'object' || Array.isArray(attributes) ? {} : { ...attributes };
  } catch {
    const copy: Record<string, unknown> = {};
    for (const key of readKeys(attributes as object)) setOwn(copy, key, readProperty(attributes, key));
    return copy;
  }
}

/** Returns the snapshot with one attribute set; an unsupported value removes it. */
export function withAttribute(user: UserSnapshot, key: string, value: unknown): UserSnapshot {
  return withAttributes(user, [[key, value]]);
}

/** Returns the snapshot with several attributes set; copies the attributes only once. */
export function withAttributes(user: UserSnapshot, changes: Iterable<readonly [string, unknown]>): UserSnapshot {
  const attributes: Attributes = { ...user.attributes };
  let { attributeAssignments } = user;
  for (const [key, value] of changes) {
    attributeAssignments = applyAttribute(attributes, key, value, attributeAssignments);
  }
  const { qualifiedSegments, forcedDecisions } = user;
  return { ...newSnapshot(user.userId, attributes), attributeAssignments, qualifiedSegments, forcedDecisions };
}

/** Sets or removes an attribute; returns the user's assignments, which this attribute may contain. */
function applyAttribute(attributes: Attributes, key: string, value: unknown, assignments: Assigned): Assigned {
  if (key === BUCKET_MAP_ATTRIBUTE) return readAssignments(value);
  if (isAttributeValue(value)) setOwn(attributes, key, value);
  else delete attributes[key];
  return assignments;
}

/** Returns the snapshot with other segments; `null` means not fetched. */
export function withSegments(user: UserSnapshot, qualifiedSegments: ReadonlySet<string> | null): UserSnapshot {
  return { ...user, number: ++numbers, qualifiedSegments };
}

/** Returns the snapshot with other forced decisions. */
export function withForcedDecisions(user: UserSnapshot, forcedDecisions: ForcedDecisions | null): UserSnapshot {
  return { ...user, forcedDecisions };
}

/** Sets an own property whatever its name; plain assignment would call the `__proto__` setter. */
export function setOwn(record: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    (record as Record<string, unknown>)[key] = value;
  }
}

let numbers = 0;

function newSnapshot(userId: string, attributes: Readonly<Attributes>): UserSnapshot {
  const id = attributes[BUCKETING_ID_ATTRIBUTE];
  return {
    userId,
    attributes,
    bucketingId: typeof id === 'string' && Object.hasOwn(attributes, BUCKETING_ID_ATTRIBUTE) ? id : userId,
    number: ++numbers,
    hashPrefix: undefined,
    attributeAssignments: null,
    qualifiedSegments: null,
    forcedDecisions: null,
  };
}

function isAttributeValue(value: unknown): value is Exclude<AttributeValue, undefined> {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
}

/** Entries that do not name a variation id are left out. */
function readAssignments(value: unknown): Assigned {
  if (typeof value !== 'object' || value === null) return null;
  const assignments = new Map<string, string>();
  for (const experimentId of readKeys(value)) {
    const variationId = readProperty(readProperty(value, experimentId), 'variation_id');
    if (typeof variationId === 'string') assignments.set(experimentId, variationId);
  }
  return assignments;
}

/** A proxy whose traps throw has no readable attributes. */
function readKeys(record: object): readonly string[] {
  return tryPart(() => Object.keys(record)) ?? [];
}

/** A getter that throws counts as absent. */
function readProperty(record: unknown, key: string): unknown {
  return tryPart(() => (record as Record<string, unknown> | null | undefined)?.[key]);
}
