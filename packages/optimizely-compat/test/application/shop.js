/** A shop on version 6 of the official SDK, as its documentation shows one. It knows nothing of the drop-in. */
import {
  createBatchEventProcessor,
  createErrorNotifier,
  createInstance,
  createLogger,
  createPollingProjectConfigManager,
  ERROR,
  NOTIFICATION_TYPES,
  OptimizelyDecideOption,
} from '@optimizely/optimizely-sdk';

const { DATAFILES, COLLECTOR } = process.env;

/** @param {string} about @param {unknown} answer */
function say(about, answer) {
  const withoutContexts = (/** @type {string} */ key, /** @type {unknown} */ value) =>
    key === 'userContext' || key === 'logEvent' ? undefined : value;
  console.log(JSON.stringify([about, answer], withoutContexts));
}

/** @type {Map<string, import('@optimizely/optimizely-sdk').UserProfile>} */
const profiles = new Map();
const projectConfigManager = createPollingProjectConfigManager({
  sdkKey: 'shop',
  urlTemplate: `${DATAFILES}/%s.json`,
  autoUpdate: true,
  updateInterval: 600_000,
});
const eventProcessor = createBatchEventProcessor({
  batchSize: 4,
  flushInterval: 600_000,
  eventDispatcher: {
    async dispatchEvent({ httpVerb, params }) {
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(String(COLLECTOR), { method: httpVerb, headers, body: JSON.stringify(params) });
      return { statusCode: status };
    },
  },
});
const optimizely = createInstance({
  projectConfigManager,
  eventProcessor,
  logger: createLogger({ level: ERROR }),
  errorNotifier: createErrorNotifier({ handleError: (error) => say('error', error.message) }),
  userProfileService: {
    lookup: (userId) => profiles.get(userId) ?? /** @type {never} */ (null),
    save: (profile) => void profiles.set(profile.user_id, profile),
  },
  defaultDecideOptions: [OptimizelyDecideOption.INCLUDE_REASONS],
});
for (const type of [NOTIFICATION_TYPES.DECISION, NOTIFICATION_TYPES.ACTIVATE, NOTIFICATION_TYPES.TRACK])
  optimizely.notificationCenter.addNotificationListener(type, (payload) => say(`told ${type}`, payload));

await optimizely.onReady({ timeout: 10_000 });
const config = optimizely.getOptimizelyConfig();
say('project', [config?.revision, Object.keys(config?.featuresMap ?? {}), config?.environmentKey]);

for (const { userId, attributes } of [
  { userId: 'ada', attributes: { plan: 'pro', cart: 3 } },
  { userId: 'grace', attributes: { plan: 'free' } },
  { userId: 'listed', attributes: { plan: 'pro' } },
]) {
  const user = optimizely.createUserContext(userId, attributes);
  say(`${userId} checkout`, user.decide('checkout'));
  say(`${userId} all`, user.decideAll([OptimizelyDecideOption.ENABLED_FLAGS_ONLY]));
  say(`${userId} some`, user.decideForKeys(['banner', 'unknown']));
  say(`${userId} later`, await user.decideAsync('checkout', [OptimizelyDecideOption.EXCLUDE_VARIABLES]));
  user.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'on' });
  say(`${userId} forced`, user.decide('checkout').variationKey);
  user.removeAllForcedDecisions();
  user.setAttribute('plan', 'free');
  say(`${userId} with another plan`, user.decide('checkout').variationKey);
  user.trackEvent('order', { revenue: 4200, value: 1.5, coupon: 'none' });
}

// Calls from before user contexts.
say('activate', optimizely.activate('no_flag_test', 'ada'));
say('getVariation', optimizely.getVariation('checkout_test', 'ada', { plan: 'pro' }));
say('forced', [
  optimizely.setForcedVariation('checkout_test', 'ada', 'long'),
  optimizely.getForcedVariation('checkout_test', 'ada'),
  optimizely.isFeatureEnabled('checkout', 'ada', { plan: 'pro' }),
]);
say('enabled', optimizely.getEnabledFeatures('grace'));
say('variables', [
  optimizely.getFeatureVariableInteger('checkout', 'steps', 'grace'),
  optimizely.getFeatureVariableJSON('checkout', 'theme', 'grace'),
  optimizely.getAllFeatureVariables('checkout', 'grace'),
]);
optimizely.track('order', 'grace', { plan: 'free' }, { revenue: 100 });
say('profiles', [...profiles.values()]);
say('closed', await optimizely.close());
