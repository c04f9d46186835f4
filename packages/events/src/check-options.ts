/** The one way this package reads and refuses options. */
import { SdkError } from '@sortition/core';

/** Reads the options of one factory. */
export interface OptionReader {
  /** An integer from 1. @throws SdkError `invalid-option` */
  count(name: string, otherwise: number, max?: number): number;
  /** @throws SdkError `invalid-option` unless the option is what is expected, or is absent and may be. */
  check(name: string, expected: string, isExpected: (value: unknown) => boolean, isRequired?: boolean): void;
}

/**
 * Creates the reader.
 *
 * @param factory Its name, for messages.
 * @throws SdkError `invalid-option` unless the options are an object
 */
export function readOptions(factory: string, options: object): OptionReader {
  if (typeof options !== 'object' || options === null) {
    throw new SdkError('invalid-option', `${factory} takes an object with options, got ${show(options)}.`);
  }
  const read = (name: string): unknown => options[name as keyof typeof options];
  const check: OptionReader['check'] = (name, expected, isExpected, isRequired = false) => {
    const value = read(name);
    if (value === undefined ? !isRequired : isExpected(value)) return;
    const message = `The option "${name}" of ${factory} must be ${expected}, got ${show(value)}.`;
    throw new SdkError('invalid-option', message);
  };
  return {
    check,
    count(name, otherwise, max = Number.MAX_SAFE_INTEGER) {
      const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
      check(name, `an integer from 1 to ${max}`, isCount);
      return (read(name) as number | undefined) ?? otherwise;
    },
  };
}

/** Whether something has all of these methods. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => isFunction(Object(value)[name]));
}

/** Whether something can be called. */
export function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value;
}
