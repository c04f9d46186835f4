/** What an application on version 5 says in TypeScript. It is compiled with the official declarations and with those of `./v5`. */
import optimizelySdk, {
  type ActivateListenerPayload,
  type Client,
  type Config,
  createInstance,
  type DecisionListenerPayload,
  type Event,
  type EventDispatcher,
  type EventTags,
  enums,
  getLogger,
  type ICache,
  type ListenerPayload,
  type LogHandler,
  LogLevel,
  logging,
  type NotificationListener,
  OptimizelyDecideOption,
  type OptimizelyDecision,
  OptimizelySegmentOption,
  type OptimizelyUserContext,
  setLogger,
  setLogLevel,
  type TrackListenerPayload,
  type UserAttributes,
  type UserProfile,
  type UserProfileService,
  type VariablesMap,
} from 'optimizely-sdk-5';

const sent: Event[] = [];
const dispatcher: EventDispatcher = {
  dispatchEvent(event, callback) {
    sent.push(event);
    console.log(event.url, event.httpVerb, event.params);
    callback({ statusCode: 200 });
  },
};
const profiles: UserProfileService = {
  lookup: (userId: string): UserProfile => ({ user_id: userId, experiment_bucket_map: {} }),
  save: (profile: UserProfile) => console.log(profile.experiment_bucket_map['1']?.variation_id),
};
const segments: ICache<string, string[]> = { lookup: () => null, save: () => undefined, reset: () => undefined };
const handler: LogHandler = { log: (level: LogLevel, message: string) => console.log(level, message) };
setLogger(handler);
setLogLevel(LogLevel.ERROR);
setLogLevel('info');
getLogger('shop').warn('a message with %s', 'parts');

const config: Config = {
  sdkKey: 'shop',
  datafileOptions: { autoUpdate: true, updateInterval: 60_000, urlTemplate: 'https://example.com/%s.json' },
  eventBatchSize: 10,
  eventFlushInterval: 1_000,
  eventMaxQueueSize: 1_000,
  eventDispatcher: dispatcher,
  userProfileService: profiles,
  logger: logging.createLogger({ logLevel: enums.LOG_LEVEL.INFO }),
  errorHandler: { handleError: (error) => console.log(error.message) },
  defaultDecideOptions: [OptimizelyDecideOption.INCLUDE_REASONS],
  odpOptions: { disabled: false, segmentsCache: segments, segmentsCacheSize: 100 },
};
const client: Client | null = createInstance(config) ?? optimizelySdk.createInstance({ datafile: {} });
if (client === null) throw new Error('no client');

const onTrack: NotificationListener<TrackListenerPayload> = ({ eventKey, userId, eventTags }) =>
  console.log(eventKey, userId, eventTags.revenue);
const onAny = (payload: ListenerPayload) => console.log(payload.userId, payload.attributes);
const { notificationCenter } = client;
notificationCenter.addNotificationListener(enums.NOTIFICATION_TYPES.TRACK, onTrack);
notificationCenter.addNotificationListener(enums.NOTIFICATION_TYPES.DECISION, onAny);
notificationCenter.addNotificationListener<DecisionListenerPayload>(enums.NOTIFICATION_TYPES.DECISION, (payload) => {
  if (payload.type === 'flag') console.log(payload.decisionInfo.flagKey, payload.decisionInfo.variables);
});
const id: number = notificationCenter.addNotificationListener(
  enums.NOTIFICATION_TYPES.ACTIVATE,
  ({ experiment, variation, userId }: ActivateListenerPayload) => console.log(experiment.key, variation.key, userId),
);
notificationCenter.removeNotificationListener(id);
notificationCenter.clearNotificationListeners(enums.NOTIFICATION_TYPES.TRACK);

const attributes: UserAttributes = { plan: 'gold', age: 7, member: true, missing: null };
const tags: EventTags = { revenue: 100, value: 1.5, coupon: 'none' };

export async function shop(): Promise<readonly unknown[]> {
  if (client === null) return [];
  const { success, reason } = await client.onReady({ timeout: 1_000 });
  const user: OptimizelyUserContext | null = client.createUserContext('ada', attributes);
  if (user === null) return [success, reason];
  await user.fetchQualifiedSegments([OptimizelySegmentOption.IGNORE_CACHE]);
  const decision: OptimizelyDecision = user.decide('checkout', [OptimizelyDecideOption.EXCLUDE_VARIABLES]);
  const variables: VariablesMap = decision.variables;
  user.setForcedDecision({ flagKey: 'checkout' }, { variationKey: 'on' });
  user.trackEvent('order', tags);
  client.track('order', 'ada', attributes, tags);
  client.sendOdpEvent('opened', 'page', new Map([['fs_user_id', 'ada']]), new Map([['page', 1]]));
  const view = client.getOptimizelyConfig();
  return [
    variables,
    Object.values(user.decideAll()).map(({ flagKey }) => flagKey),
    client.activate('test', 'ada', attributes),
    client.getVariation('test', 'ada'),
    client.setForcedVariation('test', 'ada', null),
    client.getEnabledFeatures('ada'),
    client.getFeatureVariableJSON('checkout', 'theme', 'ada'),
    client.getAllFeatureVariables('checkout', 'ada'),
    view?.featuresMap.checkout?.experimentRules.map(({ variationsMap }) => Object.keys(variationsMap)),
    (await client.close()).success,
  ];
}
