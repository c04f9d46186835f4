/** What options must be: one rule per option, checked before anything is made of it. */
import { hasMethods, invalidOption, tryPart } from '@sortition/core/internal';

/** Completes "must be …" in the message, and tells whether a value fits. */
export type OptionRule = readonly [expected: string, fits: (value: unknown) => boolean];

/** Rule by option, for every option there is. */
export type OptionRules<Options extends object = object> = Readonly<Record<keyof Options & string, OptionRule>>;

/** @throws SdkError `invalid-option` when the value does not fit, or cannot be looked at */
export function checkValue(owner: string, name: string, value: unknown, [expected, fits]: OptionRule): void {
  if (!tryPart(() => fits(value))) throw invalidOption(owner, name, expected, value);
}

/** Something foreign with these methods. */
export function hasThese(methods: readonly string[], expected: string): OptionRule {
  return [expected, (value) => hasMethods(value, methods)];
}
