/** The user being explored, as the address holds them: a link shows the same user to somebody else. */
import type { Attributes } from 'sortition';
import { conditionsIn, isSegmentCondition } from '../audiences/condition-text.ts';
import type { Project } from '../lab/project.ts';

export interface ExploredUser {
  readonly userId: string;
  /** Attribute key to what is in its field; an empty field is an absent attribute. */
  readonly fields: Readonly<Record<string, string>>;
}

/** How the values of an attribute are entered. */
export interface AttributeField {
  readonly key: string;
  readonly type: 'text' | 'number' | 'yes-no';
  /** Values that conditions compare with: what is worth trying. */
  readonly suggestions: readonly string[];
}

const ATTRIBUTE_PREFIX = 'a.';

/** The attribute by whose value users are bucketed instead of by their id. */
export const BUCKETING_ID = '$opt_bucketing_id';

export function readUser(parameters: URLSearchParams): ExploredUser | null {
  const userId = parameters.get('user');
  if (userId === null) return null;
  const fields: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (name.startsWith(ATTRIBUTE_PREFIX)) fields[name.slice(ATTRIBUTE_PREFIX.length)] = value;
  }
  return { userId, fields };
}

export function userParameters({ userId, fields }: ExploredUser): Record<string, string> {
  const filled = Object.entries(fields).filter(([, value]) => value !== '');
  return { user: userId, ...Object.fromEntries(filled.map(([key, value]) => [`${ATTRIBUTE_PREFIX}${key}`, value])) };
}

/**
 * The fields as attributes of the type that conditions compare with. Fields the project does not know are what they look like:
 * `true` and `false`, numbers, and texts; a text in quotes is a text, whatever it looks like.
 */
export function readAttributes(fields: ExploredUser['fields'], known: readonly AttributeField[]): Attributes {
  const types = new Map<string, AttributeField['type']>(known.map(({ key, type }) => [key, type]));
  types.set(BUCKETING_ID, 'text'); // clients take no other type for it
  const attributes: Attributes = {};
  for (const [key, text] of Object.entries(fields)) {
    if (text !== '') attributes[key] = readValue(text, types.get(key));
  }
  return attributes;
}

/** An attribute as `readAttributes` reads it back, whatever the project knows of it. */
export function toField(value: string | number | boolean): string {
  const isPlain = typeof value !== 'string' || readValue(value, undefined) === value;
  return isPlain ? String(value) : JSON.stringify(value);
}

function readValue(text: string, type: AttributeField['type'] | undefined): string | number | boolean {
  if (/^".*"$/s.test(text)) {
    try {
      return JSON.parse(text) as string;
    } catch {
      return text;
    }
  }
  const looksLikeNumber = text.trim() !== '' && Number.isFinite(Number(text));
  if (type === 'number' || (type === undefined && looksLikeNumber)) return Number(text);
  if (type === 'yes-no' || (type === undefined && (text === 'true' || text === 'false'))) return text === 'true';
  return text;
}

/** The attributes of a project with the type their conditions ask for. */
export function attributeFields({ attributes, audiences }: Project): readonly AttributeField[] {
  const conditions = audiences.flatMap((audience) => conditionsIn(audience.conditions));
  return attributes.map((key) => {
    const values = conditions
      .filter((condition) => condition.name === key && !isSegmentCondition(condition))
      .map(({ value }) => value);
    const type = values.some((value) => typeof value === 'number')
      ? 'number'
      : values.some((value) => typeof value === 'boolean')
        ? 'yes-no'
        : 'text';
    const suggestions = [...new Set(values.filter((value) => value !== undefined).map(String))];
    return { key, type, suggestions };
  });
}

/** Segments that conditions ask for. */
export function knownSegments({ audiences }: Project): readonly string[] {
  const conditions = audiences.flatMap((audience) => conditionsIn(audience.conditions));
  return [...new Set(conditions.filter(isSegmentCondition).map(({ value }) => String(value)))];
}
