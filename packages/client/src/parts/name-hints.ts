/** Hints for names that are not known. */
import { describeUnknownName } from '@sortition/core/internal';
import type { Part } from '../part.ts';

/** Names of the official SDKs. */
const EVENTS_ELSEWHERE = { OPTIMIZELY_CONFIG_UPDATE: 'config-update' };

/**
 * Says of an unknown option, decide option or event name which known one was probably meant, also where it is a name of the
 * official SDKs. Without it the known names are listed.
 */
export const nameHints: Part<never> = /* @__PURE__ */ hintNames({});

/** @param options Option in another SDK to what it is here. */
export function hintNames(options: Readonly<Record<string, string>>): Part<never> {
  const elsewhere = { ...EVENTS_ELSEWHERE, ...options };
  return () => ({
    describeName: (kind, owner, name, known) => describeUnknownName(kind, owner, name, known, elsewhere),
  });
}
