/** The one way this package refuses an option. */
import { SdkError } from '@sortition/core';

/** The error to throw. */
export function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}

/** Reads a number above 0 that is finite, unless `max` is not. @throws SdkError `invalid-option` */
export function readPositive<Name extends string>(
  options: { readonly [name in Name]?: number | undefined },
  name: Name,
  otherwise: number,
  max: number = Number.MAX_VALUE,
): number {
  const { [name]: value = otherwise } = options;
  if (typeof value === 'number' && value > 0 && value <= max) return value;
  throw invalid(
    `${name} is ${typeof value === 'number' ? value : typeof value}; a finite number above 0 was expected.`,
  );
}
