/**
 * Addresses: the meaning of a flag key in OpenFeature.
 *
 * A plain flag key follows the convention of the vendor's other providers, in which the value depends on the number of
 * variables of the flag. An address with a dot always means the same thing: `flag.variable`, `flag.$enabled`,
 * `flag.$variation`, `flag.$variables`. Flag keys contain no dots, so addresses are unambiguous.
 */

/** The types of values in OpenFeature; `any` for protocols without types. */
export type ValueType = 'boolean' | 'string' | 'number' | 'object' | 'any';

/** The meaning of an address. */
export type Address =
  | { readonly kind: 'flag'; readonly flagKey: string }
  | { readonly kind: 'variable'; readonly flagKey: string; readonly variableKey: string }
  | { readonly kind: Member; readonly flagKey: string };

/** Reads an address. The part after the first dot names a variable unless it is one of the four fixed names. */
export function parseAddress(address: string): Address {
  const dot = address.indexOf('.');
  if (dot < 0) return { kind: 'flag', flagKey: address };
  const flagKey = address.slice(0, dot);
  const name = address.slice(dot + 1);
  const member = readMember(name);
  return member ? { kind: member, flagKey } : { kind: 'variable', flagKey, variableKey: name };
}

type Member = 'enabled' | 'variation' | 'variables';

function readMember(name: string): Member | undefined {
  if (name === '$enabled') return 'enabled';
  if (name === '$variation') return 'variation';
  return name === '$variables' ? 'variables' : undefined;
}
