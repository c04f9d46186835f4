/** A client of the official SDK under observation. */
import { addRequest, type Script } from './cmab-script.ts';
import type { Call } from './generate-calls.ts';
import {
  type DecisionFields,
  emptyObservation,
  type ImpressionFields,
  type Observation,
  type Side,
} from './observation.ts';
import {
  createOfficialClient,
  hasConfig,
  type OfficialClient,
  type OfficialDecision,
  officialRefusal,
  sdk,
} from './official-client.ts';
import type { ClientSettings } from './scenario.ts';
import { createScriptedStore, toAsyncStore } from './scripted-store.ts';

/** Creates an official client; throws when the SDK does not accept the datafile. */
export function createOfficialSide({ datafile, defaultOptions, profiles }: ClientSettings): Side {
  let seen: Observation = emptyObservation();
  let script: Script = {};
  const ruleOfUuid = new Map<string, string>();
  const store = createScriptedStore(() => seen);
  const client = createOfficialClient(datafile, {
    eventProcessor: sdk.createForwardingEventProcessor({
      dispatchEvent: ({ params }) => {
        const impression = readImpression(params);
        const ruleId = ruleOfUuid.get(impression.cmabUuid ?? '');
        seen.impressions.push(ruleId === undefined ? impression : { ...impression, cmabUuid: `cmab of ${ruleId}` });
        return Promise.resolve({ statusCode: 200 });
      },
    }),
    requestHandler: {
      makeRequest: (_url, _headers, _method, body) => {
        const { cmabUUID, ...request } = readPredictionRequest(body);
        ruleOfUuid.set(cmabUUID, request.ruleId);
        addRequest(seen.predictions, request);
        return { abort: () => undefined, responsePromise: Promise.resolve(predictionResponse(script[request.ruleId])) };
      },
    },
    cmab: { cache: NO_CACHE },
    defaultDecideOptions: defaultOptions as never,
    ...(profiles === 'sync' && { userProfileService: store as never }),
    ...(profiles === 'async' && { userProfileServiceAsync: toAsyncStore(store) as never }),
  });
  client.notificationCenter.addNotificationListener(sdk.NOTIFICATION_TYPES.DECISION, (payload: unknown) => {
    seen.notifications.push(payload);
  });
  if (!hasConfig(client)) throw new Error(`the official SDK refused the datafile: ${officialRefusal(datafile)}`);
  return {
    async observe(call) {
      seen = emptyObservation();
      script = call.predictions ?? {};
      store.holds(call.profile);
      try {
        seen.decisions = call.predictions ? await runAsyncCall(client, call) : runCall(client, call);
      } catch (error) {
        seen.threw = String(error);
      }
      return seen;
    },
  };
}

/** Remembering predictions is not part of a decision. */
const NO_CACHE = {
  operation: 'sync',
  save: () => undefined,
  lookup: () => undefined,
  reset: () => undefined,
  remove: () => undefined,
} as const;

function readPredictionRequest(body: string | undefined) {
  const { instances } = JSON.parse(body ?? '') as { instances: [WireInstance] };
  const [{ visitorId, experimentId, attributes, cmabUUID }] = instances;
  return {
    userId: visitorId,
    ruleId: experimentId,
    attributes: attributes.map(({ id, value }) => ({ id, value })),
    cmabUUID,
  };
}

interface WireInstance {
  visitorId: string;
  experimentId: string;
  attributes: { id: string; value: unknown; type: string }[];
  cmabUUID: string;
}

function predictionResponse(variationId: string | undefined) {
  const predictions = variationId === undefined ? [] : [{ variation_id: variationId }];
  return { statusCode: 200, headers: {}, body: JSON.stringify({ predictions }) };
}

function createUser(client: OfficialClient, call: Call) {
  const user = client.createUserContext(call.userId, call.attributes as never);
  user.qualifiedSegments = call.segments === null ? null : [...call.segments];
  for (const { variationKey, ...target } of call.forced) {
    user.setForcedDecision(target as { flagKey: string }, { variationKey });
  }
  return user;
}

function runCall(client: OfficialClient, call: Call): Observation['decisions'] {
  const user = createUser(client, call);
  const [key = ''] = call.keys;
  const options = [...call.options] as never;
  if (call.kind === 'decide') return [[key, readDecision(user.decide(key, options))]];
  return readDecisions(
    call.kind === 'decideAll' ? user.decideAll(options) : user.decideForKeys([...call.keys], options),
  );
}

async function runAsyncCall(client: OfficialClient, call: Call): Promise<Observation['decisions']> {
  const user = createUser(client, call);
  const [key = ''] = call.keys;
  const options = [...call.options] as never;
  if (call.kind === 'decide') return [[key, readDecision(await user.decideAsync(key, options))]];
  const decisions =
    call.kind === 'decideAll'
      ? await user.decideAllAsync(options)
      : await user.decideForKeysAsync([...call.keys], options);
  // The save is not awaited by the call.
  await new Promise((resolve) => setImmediate(resolve));
  return readDecisions(decisions);
}

function readDecisions(decisions: Record<string, OfficialDecision>): Observation['decisions'] {
  return Object.entries(decisions).map(([key, decision]) => [key, readDecision(decision)]);
}

function readDecision(decision: OfficialDecision): DecisionFields {
  const { variationKey, enabled, variables, ruleKey, flagKey, userContext, reasons } = decision;
  const user = { userId: userContext.getUserId(), attributes: userContext.getAttributes() as Record<string, unknown> };
  return { variationKey, enabled, variables, ruleKey, flagKey, userContext: user, reasons };
}

function readImpression(params: unknown): ImpressionFields {
  const { visitors } = params as { visitors: [{ visitor_id: string; snapshots: [{ decisions: [WireDecision] }] }] };
  const [{ visitor_id, snapshots }] = visitors;
  const [{ decisions }] = snapshots;
  const [{ campaign_id, experiment_id, variation_id, metadata }] = decisions;
  return {
    visitorId: visitor_id,
    campaignId: campaign_id,
    experimentId: experiment_id,
    variationId: variation_id,
    flagKey: metadata.flag_key,
    ruleKey: metadata.rule_key,
    ruleType: metadata.rule_type,
    variationKey: metadata.variation_key,
    enabled: metadata.enabled,
    cmabUuid: metadata.cmab_uuid,
  };
}

interface WireDecision {
  campaign_id: string | null;
  experiment_id: string;
  variation_id: string | null;
  metadata: {
    flag_key: string;
    rule_key: string;
    rule_type: string;
    variation_key: string;
    enabled: boolean;
    cmab_uuid?: string;
  };
}
