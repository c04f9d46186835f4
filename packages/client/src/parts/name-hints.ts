/** Suggestions for unknown names. */
import { describeUnknownName } from '@sortition/core/internal';
import type { Part } from '../part.ts';

/** Names in the official SDKs: of an event, and of the options of a client with every feature. */
const EVENTS_ELSEWHERE = { OPTIMIZELY_CONFIG_UPDATE: 'config-update' };
const NAMES_ELSEWHERE = {
  OPTIMIZELY_CONFIG_UPDATE: 'config-update',
  projectConfigManager: 'config',
  sdkKey: 'config: createPollingConfig({ sdkKey })',
  datafile: 'config: createStaticConfig({ datafile })',
  eventProcessor: 'events',
  eventDispatcher: 'events',
  userProfileService: 'profiles',
  odpManager: 'odp',
  vuidManager: 'vuid',
  errorNotifier: "client.on('problem')",
  clientEngine: 'clientName',
};

/**
 * Suggests the right name for an unknown option, decide option or event name, including names of the official SDKs.
 * Without this part, messages list the known names.
 */
export const nameHints: Part<never> = /* @__PURE__ */ hintNames(EVENTS_ELSEWHERE);

/** Does the same for a client with every feature. */
export const allNameHints: Part<never> = /* @__PURE__ */ hintNames(NAMES_ELSEWHERE);

function hintNames(elsewhere: Readonly<Record<string, string>>): Part<never> {
  return () => ({
    describeName: (kind, owner, name, known) => describeUnknownName(kind, owner, name, known, elsewhere),
  });
}
