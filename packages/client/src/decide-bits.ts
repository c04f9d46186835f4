/** Decide options as bits: parsed once per call, and cheap to test. */
import type { DecideOption } from '@sortition/core';
import { describeValue } from '@sortition/core/internal';
import { type NameTeller, reportUnknownName } from './unknown-name.ts';

export const DISABLE_DECISION_EVENT = 1;
export const ENABLED_FLAGS_ONLY = 2;
export const IGNORE_USER_PROFILE_SERVICE = 4;
export const INCLUDE_REASONS = 8;
export const EXCLUDE_VARIABLES = 16;
export const IGNORE_CMAB_CACHE = 32;
export const RESET_CMAB_CACHE = 64;
export const INVALIDATE_USER_CMAB_CACHE = 128;

/** In the order of their bits. */
const OPTIONS: readonly string[] = [
  'DISABLE_DECISION_EVENT',
  'ENABLED_FLAGS_ONLY',
  'IGNORE_USER_PROFILE_SERVICE',
  'INCLUDE_REASONS',
  'EXCLUDE_VARIABLES',
  'IGNORE_CMAB_CACHE',
  'RESET_CMAB_CACHE',
  'INVALIDATE_USER_CMAB_CACHE',
] satisfies readonly DecideOption[];

/**
 * Returns the bits of a list of options. An unknown option adds nothing and is reported as a problem, once. Never
 * throws.
 */
export function parseDecideOptions(options: unknown, client: NameTeller): number {
  let bits = 0;
  try {
    if (!Array.isArray(options)) {
      const message = `The options of a decide call must be an array such as ['INCLUDE_REASONS'], got ${describeValue(options)}; they were ignored.`;
      if (options != null) client.problems.reportFirst({ code: 'invalid-option', part: 'client', message });
      return 0;
    }
    for (const option of options) {
      const bit = OPTIONS.indexOf(option);
      if (bit >= 0) bits |= 1 << bit;
      else {
        const name = typeof option === 'string' ? option : describeValue(option);
        reportUnknownName(client, 'A decide call', 'option', name, OPTIONS);
      }
    }
  } catch {
    // Elements that cannot be read are not options.
  }
  return bits;
}
