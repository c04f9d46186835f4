/** Variables of flags: their types follow from their defaults. */
import { SdkError } from '@sortition/core/errors';
import { checkRecord } from './checked-record.ts';

/** A default with its type. */
export interface VariableDefinition<T = unknown> {
  readonly type: 'string' | 'boolean' | 'integer' | 'double' | 'json';
  readonly defaultValue: T;
}

/** The variables of a flag by key. */
export type VariableDefinitions = { readonly [key: string]: VariableDefinition };

/** The values that variables have in an application. */
export type VariableValues<D extends VariableDefinitions> = { readonly [K in keyof D]: D[K]['defaultValue'] };

/** From a literal to the type that values have. */
type Widen<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends readonly (infer E)[]
        ? readonly Widen<E>[]
        : T extends object
          ? { readonly [K in keyof T]: Widen<T[K]> }
          : T;

/**
 * Defines variables by their defaults: texts, booleans, whole numbers, other numbers, and anything else as JSON. Where a whole
 * number is the default of a variable for all numbers, write `double(1)`.
 *
 * @example
 * variables({ steps: 4, buttonLabel: 'Place order', ratio: double(1) });
 */
export function variables<const T extends Readonly<Record<string, unknown>>>(
  defaults: T,
): { readonly [K in keyof T]: T[K] extends VariableDefinition ? T[K] : VariableDefinition<Widen<T[K]>> } {
  const definitions: Record<string, VariableDefinition> = {};
  for (const [key, value] of Object.entries(checkRecord(defaults, 'The argument of variables', 'defaults by key'))) {
    if (key === 'enabled') {
      throw new SdkError('invalid-option', 'A variable is called "enabled", which is what variations call being on.');
    }
    definitions[key] = isDefinition(value) ? value : define(key, value);
  }
  return definitions as never;
}

/** A variable for numbers with fractions whose default is a whole number. */
export function double(defaultValue: number): VariableDefinition<number> {
  return { type: 'double', defaultValue };
}

/** The text that a value has in a datafile. @throws SdkError `invalid-option` for a value of another type */
export function toVariableText(key: string, { type }: VariableDefinition, value: unknown): string {
  const fits =
    type === 'json'
      ? typeof value === 'object' && value !== null
      : type === 'integer'
        ? Number.isSafeInteger(value)
        : type === 'double'
          ? typeof value === 'number' && Number.isFinite(value)
          : typeof value === type;
  if (!fits) {
    throw new SdkError(
      'invalid-option',
      `The value ${JSON.stringify(value)} of variable "${key}" is not of type ${type}.`,
    );
  }
  return type === 'json' ? JSON.stringify(value) : String(value);
}

function define(key: string, defaultValue: unknown): VariableDefinition {
  switch (typeof defaultValue) {
    case 'string':
      return { type: 'string', defaultValue };
    case 'boolean':
      return { type: 'boolean', defaultValue };
    case 'number':
      return { type: Number.isInteger(defaultValue) ? 'integer' : 'double', defaultValue };
    default:
      if (typeof defaultValue === 'object' && defaultValue !== null) return { type: 'json', defaultValue };
      throw new SdkError(
        'invalid-option',
        `The default of variable "${key}" is not a text, number, boolean or object.`,
      );
  }
}

function isDefinition(value: unknown): value is VariableDefinition {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length === 2 && keys.includes('type') && keys.includes('defaultValue');
}
