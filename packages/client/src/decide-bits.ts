/** Decide options as bits: parsed once per call, tested for next to nothing. */
import type { DecideOption } from '@sortition/core';

export const DISABLE_DECISION_EVENT = 1;
export const ENABLED_FLAGS_ONLY = 2;
export const IGNORE_USER_PROFILE_SERVICE = 4;
export const INCLUDE_REASONS = 8;
export const EXCLUDE_VARIABLES = 16;
export const IGNORE_CMAB_CACHE = 32;
export const RESET_CMAB_CACHE = 64;
export const INVALIDATE_USER_CMAB_CACHE = 128;

/** In the order of their bits. */
const OPTIONS: readonly unknown[] = [
  'DISABLE_DECISION_EVENT',
  'ENABLED_FLAGS_ONLY',
  'IGNORE_USER_PROFILE_SERVICE',
  'INCLUDE_REASONS',
  'EXCLUDE_VARIABLES',
  'IGNORE_CMAB_CACHE',
  'RESET_CMAB_CACHE',
  'INVALIDATE_USER_CMAB_CACHE',
] satisfies readonly DecideOption[];

/** Returns the bits of a list of options; whatever is no option, or no list, adds nothing. Never throws. */
export function parseDecideOptions(options: unknown): number {
  let bits = 0;
  try {
    if (!Array.isArray(options)) return 0;
    for (let index = 0; index < options.length; index += 1) {
      const bit = OPTIONS.indexOf(options[index]);
      if (bit >= 0) bits |= 1 << bit;
    }
  } catch {
    return bits; // what cannot be read of a list is no option
  }
  return bits;
}
