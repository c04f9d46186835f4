/** Values: finds the value of an address in a decision, and checks its type. */
import type { Decision } from 'sortition';
import type { Address, ValueType } from './address.ts';

/** The value, or why there is no value of the requested type. */
export type FlagValueResult =
  | { readonly value: unknown; readonly hint?: string }
  | { readonly errorCode: 'FLAG_NOT_FOUND' | 'TYPE_MISMATCH' | 'PARSE_ERROR'; readonly message: string };

/**
 * Finds the value.
 *
 * @param isStrict Refuse a boolean request for a flag with several variables, as the vendor's other providers do,
 * instead of returning whether the flag is enabled.
 */
export function findValue(decision: Decision, address: Address, type: ValueType, isStrict: boolean): FlagValueResult {
  switch (address.kind) {
    case 'enabled':
      return typed(decision.enabled, type, `"${address.flagKey}.$enabled"`);
    case 'variation':
      return decision.variationKey === null
        ? mismatch(`Flag "${address.flagKey}" served no variation to this user`, type)
        : typed(decision.variationKey, type, `"${address.flagKey}.$variation"`);
    case 'variables':
      return typed(decision.variables, type, `"${address.flagKey}.$variables"`);
    case 'variable':
      return findVariable(decision, address.variableKey, type);
    case 'flag':
      return findByConvention(decision, type, isStrict);
  }
}

function findVariable({ flagKey, variables }: Decision, variableKey: string, type: ValueType): FlagValueResult {
  return Object.hasOwn(variables, variableKey)
    ? typedVariable(flagKey, variableKey, variables[variableKey], type)
    : { errorCode: 'FLAG_NOT_FOUND', message: `Flag "${flagKey}" has no variable "${variableKey}".` };
}

/**
 * The convention: the value of a flag without variables is whether it is enabled, of a flag with one variable that
 * variable, and of any other flag an object.
 */
function findByConvention(
  { flagKey, enabled, variables }: Decision,
  type: ValueType,
  isStrict: boolean,
): FlagValueResult {
  const keys = Object.keys(variables);
  const [only] = keys;
  if (only === undefined) return typed(enabled, type, `Flag "${flagKey}", which has no variables,`);
  if (keys.length === 1) return typedVariable(flagKey, only, variables[only], type);
  if (type === 'boolean' && !isStrict) {
    return {
      value: enabled,
      hint: `Flag "${flagKey}" has ${keys.length} variables; asked for a boolean, it answers whether it is enabled. Ask for "${flagKey}.$enabled" to say so, or for one variable as "${flagKey}.${only}".`,
    };
  }
  return typed(variables, type, `Flag "${flagKey}", which has ${keys.length} variables,`);
}

/** A variable whose text is not of its type is `null`. */
function typedVariable(flagKey: string, variableKey: string, value: unknown, type: ValueType): FlagValueResult {
  if (value !== null) return typed(value, type, `Variable "${variableKey}" of flag "${flagKey}"`);
  return {
    errorCode: 'PARSE_ERROR',
    message: `The datafile's text for variable "${variableKey}" of flag "${flagKey}" does not fit the variable's type.`,
  };
}

function typed(value: unknown, type: ValueType, what: string): FlagValueResult {
  const found = typeof value as ValueType;
  return found === type || type === 'any' ? { value } : mismatch(`${what} is a value of type ${found}`, type);
}

function mismatch(what: string, type: ValueType): FlagValueResult {
  return { errorCode: 'TYPE_MISMATCH', message: `${what}; expected ${type}.` };
}
