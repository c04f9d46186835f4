/** Evaluation contexts: turns OpenFeature's data of a user into a user id and attributes. */
import type { Attributes } from 'sortition';

/** The data of a user from the application. */
export type EvaluationContext = Readonly<Record<string, unknown>>;

/** A user for the client. */
export interface ContextUser {
  /** `undefined` when the context has no targeting key, an empty one, one that is not a string, or the text `'undefined'`. */
  readonly userId: string | undefined;
  /** Strings, booleans and finite numbers of the context; dates as ISO texts. */
  readonly attributes: Attributes;
  /** How many members were left out: nested objects, lists, numbers that are not finite, dates that are not valid. */
  readonly leftOut: number;
}

/** Reads a context; never throws, even if reading a member throws. */
export function readContext(context: EvaluationContext): ContextUser {
  const attributes: Attributes = {};
  let userId: string | undefined;
  let leftOut = 0;
  for (const key of Object.keys(context)) {
    const value = readMember(context, key);
    if (key === 'targetingKey') userId = isUserId(value) ? value : undefined;
    else if (value === undefined) leftOut += readIsAbsent(context, key) ? 0 : 1;
    // Assigning this name would set a prototype.
    else if (key === '__proto__') Object.defineProperty(attributes, key, { value, enumerable: true });
    else attributes[key] = value;
  }
  return { userId, attributes, leftOut };
}

/** Clients refuse the text `'undefined'`, which templates write for a variable that was not set. */
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

/** Returns whether a member has no value, which is not counted. */
function readIsAbsent(context: EvaluationContext, key: string): boolean {
  try {
    return context[key] === undefined || context[key] === null;
  } catch {
    return false;
  }
}
