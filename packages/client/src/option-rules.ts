/** Rules for options: one per option, checked before the option is used. */
import { hasMethods, invalidOption, tryPart } from '@sortition/core/internal';

/** Completes "must be …" in the message, and returns whether a value is valid. */
export type OptionRule = readonly [expected: string, fits: (value: unknown) => boolean];

/** Rule by option, for every option. */
export type OptionRules<Options extends object = object> = Readonly<Record<keyof Options & string, OptionRule>>;

/** @throws SdkError `invalid-option` when the value is not valid or cannot be read */
export function checkValue(owner: string, name: string, value: unknown, [expected, fits]: OptionRule): void {
  if (!tryPart(() => fits(value))) throw invalidOption(owner, name, expected, value);
}

/** A rule for an object with these methods. */
export function hasThese(methods: readonly string[], expected: string): OptionRule {
  return [expected, (value) => hasMethods(value, methods)];
}
