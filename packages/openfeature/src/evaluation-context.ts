/** Evaluation contexts: from what OpenFeature knows of a user to a user id and attributes. */
import type { Attributes } from 'sortition';

/** What an application says of a user. */
export type EvaluationContext = Readonly<Record<string, unknown>>;

/** A user as the client takes them. */
export interface ContextUser {
  /** `undefined` when the context has no targeting key, an empty one, one that is not a string, or the text `'undefined'`. */
  readonly userId: string | undefined;
  /** Strings, booleans and finite numbers of the context; dates as ISO texts. */
  readonly attributes: Attributes;
  /** How many members were left out: nested objects, lists, numbers that are not finite, dates that are not valid. */
  readonly leftOut: number;
}

/** Reads a context; never throws, whatever its members do when they are read. */
export function readContext(context: EvaluationContext): ContextUser {
  const attributes: Attributes = {};
  let userId: string | undefined;
  let leftOut = 0;
  for (const key of Object.keys(context)) {
    const value = readMember(context, key);
    if (key === 'targetingKey') userId = isUserId(value) ? value : undefined;
    else if (value === undefined) leftOut += readIsAbsent(context, key) ? 0 : 1;
    // Assigning this one name would set a prototype.
    else if (key === '__proto__') Object.defineProperty(attributes, key, { value, enumerable: true });
    else attributes[key] = value;
  }
  return { userId, attributes, leftOut };
}

/** No client takes the text `'undefined'`, which templates make of a variable that was not set. */
function isUserId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value !== 'undefined';
}

function readMember(context: EvaluationContext, key: string): string | number | boolean | undefined {
  try {
    const value: unknown = context[key];
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) ? value : undefined;
      default:
        return value instanceof Date && Number.isFinite(value.getTime()) ? value.toISOString() : undefined;
    }
  } catch {
    return undefined;
  }
}

/** Whether a member has no value at all, which is not worth counting. */
function readIsAbsent(context: EvaluationContext, key: string): boolean {
  try {
    return context[key] === undefined || context[key] === null;
  } catch {
    return false;
  }
}
