/** A client with the interface of the official SDK under observation; the same code drives the official SDK and the drop-in. */
import type * as Compat from '@sortition/optimizely-compat';
import type { ApiCall } from './api-calls.ts';
import { addRequest, type Script } from './cmab-script.ts';
import type { Call, StoredProfile } from './generate-calls.ts';
import type { ClientSettings } from './scenario.ts';

/** The names both packages have. */
export type Sdk = typeof Compat;
type Client = ReturnType<Sdk['createInstance']>;

/** What can be seen of one call. */
export interface ApiObservation {
  answer?: unknown;
  threw?: string;
  readonly notes: unknown[];
  readonly sent: unknown[];
  readonly saves: unknown[];
  lookups: number;
  readonly predictions: Record<string, unknown>;
}

/** One SDK with a client of a scenario. */
export interface ApiSide {
  observe(call: ApiCall): Promise<ApiObservation>;
  close(): Promise<void>;
}

/** Answers of the prediction service: what it is asked, and the body it answers. */
export type Predict = (body: string) => string;

/** Creates the client of a scenario; `connect` gives the SDK its way to the prediction service. */
export function createApiSide(
  sdk: Sdk,
  { datafile, defaultOptions, profiles }: ClientSettings,
  connect: (predict: Predict) => object,
): ApiSide {
  let seen = emptyObservation();
  let script: Script = {};
  let stored: StoredProfile = null;
  const ruleOfUuid = new Map<string, string>();
  const plain = (value: unknown): unknown => toPlain(value, ruleOfUuid);
  const store = {
    lookup(userId: string) {
      seen.lookups += 1;
      if (stored === 'throws') throw new Error('the store is down');
      return stored === null ? null : { user_id: userId, experiment_bucket_map: structuredClone(stored) };
    },
    save: (profile: unknown) => void seen.saves.push(structuredClone(profile)),
  };
  const predict: Predict = (body) => {
    const { cmabUUID, ...request } = readRequest(body);
    ruleOfUuid.set(cmabUUID, request.ruleId);
    addRequest(seen.predictions, request);
    const variationId = script[request.ruleId];
    return JSON.stringify({ predictions: variationId === undefined ? [] : [{ variation_id: variationId }] });
  };
  const client = sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: JSON.stringify(datafile) }),
    eventProcessor: sdk.createForwardingEventProcessor({
      dispatchEvent(event) {
        seen.sent.push(plain(onTheWire(event)));
        return Promise.resolve({ statusCode: 200 });
      },
    }),
    cmab: { cache: NO_CACHE },
    clientEngine: 'differential',
    defaultDecideOptions: defaultOptions as never,
    ...(profiles === 'sync' && { userProfileService: store as never }),
    ...(profiles === 'async' && {
      userProfileServiceAsync: {
        lookup: async (userId) => store.lookup(userId) as never,
        save: async (profile) => store.save(profile),
      },
    }),
    ...connect(predict),
  });
  for (const type of Object.values(sdk.NOTIFICATION_TYPES)) {
    client.notificationCenter.addNotificationListener(type, (payload: unknown) => {
      const { logEvent, ...rest } = (payload ?? {}) as { logEvent?: unknown };
      const told =
        type === 'LOG_EVENT' ? onTheWire(payload) : { ...rest, ...(logEvent ? onTheWire({ logEvent }) : {}) };
      seen.notes.push([type, plain(told)]);
    });
  }
  return {
    async observe(call) {
      seen = emptyObservation();
      script = call.by.predictions ?? {};
      stored = call.by.profile;
      try {
        seen.answer = plain(await run(client, call));
      } catch (error) {
        seen.threw = String(error);
      }
      return seen;
    },
    close: async () => void (await client.close()),
  };
}

function emptyObservation(): ApiObservation {
  return { notes: [], sent: [], saves: [], lookups: 0, predictions: {} };
}

/** Remembering predictions is no part of a decision. */
const NO_CACHE = {
  operation: 'sync',
  save: () => undefined,
  lookup: () => undefined,
  reset: () => undefined,
  remove: () => undefined,
} as const;

async function run(client: Client, { method, keys, by, last }: ApiCall): Promise<unknown> {
  if (method === 'getOptimizelyConfig') return readConfig(client);
  if (method === 'decide' || method === 'decideForKeys' || method === 'decideAll') return decide(client, by);
  if (method === 'trackEvent') {
    const user = client.createUserContext(by.userId, by.attributes as never);
    return user.trackEvent(keys[0] as string, ...(last() as []));
  }
  const user =
    method === 'setForcedVariation' || method === 'getForcedVariation' ? [by.userId] : [by.userId, by.attributes];
  const call = client[method] as (...given: unknown[]) => unknown;
  return call.call(client, ...keys, ...user, ...last());
}

async function decide(client: Client, call: Call): Promise<unknown> {
  const user = client.createUserContext(call.userId, call.attributes as never);
  user.qualifiedSegments = call.segments === null ? null : [...call.segments];
  for (const { variationKey, ...target } of call.forced) user.setForcedDecision(target as never, { variationKey });
  const [key = ''] = call.keys;
  const [keys, options] = [[...call.keys], [...call.options] as never];
  if (!call.predictions) {
    if (call.kind === 'decide') return user.decide(key, options);
    return inOrder(call.kind === 'decideAll' ? user.decideAll(options) : user.decideForKeys(keys, options));
  }
  const decisions =
    call.kind === 'decide'
      ? await user.decideAsync(key, options)
      : inOrder(
          await (call.kind === 'decideAll' ? user.decideAllAsync(options) : user.decideForKeysAsync(keys, options)),
        );
  // The save is not awaited by the call.
  await new Promise((resolve) => setImmediate(resolve));
  return decisions;
}

/** The order of the answer counts as well. */
function inOrder(decisions: object): unknown {
  return Object.entries(decisions);
}

function readConfig(client: Client): unknown {
  const config = client.getOptimizelyConfig();
  if (config === null) return null;
  const { sdkKey, environmentKey, revision, attributes, audiences, events, experimentsMap, featuresMap } = config;
  const view = { sdkKey, environmentKey, revision, attributes, audiences, events, experimentsMap, featuresMap };
  return [view, config.getDatafile()];
}

/** As the service reads it. */
function onTheWire(value: unknown): object {
  return JSON.parse(JSON.stringify(value)) as object;
}

/** Plain data without what no two calls have in common. */
function toPlain(value: unknown, ruleOfUuid: ReadonlyMap<string, string>, key = ''): unknown {
  if (key === 'uuid' || key === 'timestamp') return typeof value;
  if (key === 'cmab_uuid') return `cmab of ${ruleOfUuid.get(value as string)}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => toPlain(each, ruleOfUuid));
  const user = value as { getUserId?: () => string; getAttributes?: () => object };
  const record = user.getUserId
    ? { userId: user.getUserId(), attributes: user.getAttributes?.() }
    : { ...(value as Record<string, unknown>) };
  return Object.fromEntries(Object.entries(record).map(([name, field]) => [name, toPlain(field, ruleOfUuid, name)]));
}

interface WireInstance {
  visitorId: string;
  experimentId: string;
  attributes: { id: string; value: unknown; type: string }[];
  cmabUUID: string;
}

function readRequest(body: string) {
  const { instances } = JSON.parse(body) as { instances: [WireInstance] };
  const [{ visitorId, experimentId, attributes, cmabUUID }] = instances;
  const known = attributes.map(({ id, value }) => ({ id, value }));
  return { userId: visitorId, ruleId: experimentId, attributes: known, cmabUUID };
}
