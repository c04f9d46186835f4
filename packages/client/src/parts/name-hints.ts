/** Hints for names that are not known. */
import { describeUnknownName } from '@sortition/core/internal';
import type { Part } from '../part.ts';

/** Names of the official SDKs: an event, and what the options of a client with every feature are called. */
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
 * Says of an unknown option, decide option or event name which known one was probably meant, also where it is a name of the
 * official SDKs. Without it the known names are listed.
 */
export const nameHints: Part<never> = /* @__PURE__ */ hintNames(EVENTS_ELSEWHERE);

/** The same for a client with every feature. */
export const allNameHints: Part<never> = /* @__PURE__ */ hintNames(NAMES_ELSEWHERE);

function hintNames(elsewhere: Readonly<Record<string, string>>): Part<never> {
  return () => ({
    describeName: (kind, owner, name, known) => describeUnknownName(kind, owner, name, known, elsewhere),
  });
}
