/** Checks objects from plain JavaScript: any other value would cause a TypeError that does not name the definition. */
import { SdkError } from '@sortition/core/errors';

/** Returns an object that is not a list. @throws SdkError `invalid-option` for anything else */
export function checkRecord<T extends object>(value: T, what: string, expected: string): T {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new SdkError('invalid-option', `${what} is not an object; expected ${expected}.`);
}
