/** Hints for names that are not known. */
import { describeUnknownName } from '@sortition/core/internal';
import type { Part } from '../part.ts';

/** Names of the official SDKs. */
const EVENTS_ELSEWHERE = { OPTIMIZELY_CONFIG_UPDATE: 'config-update' };

/**
 * Says of an unknown decide option or event name which known one was probably meant, also where it is a name of the
 * official SDKs. Without it the known names are listed.
 */
export const nameHints: Part<never> = () => ({
  describeName: (kind, owner, name, known) =>
    describeUnknownName(kind, owner, name, known, kind === 'event' ? EVENTS_ELSEWHERE : undefined),
});
