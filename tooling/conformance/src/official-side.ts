/** The official SDK under observation: the universal build, whose requests are a function instead of sockets. */
import { createRequire } from 'node:module';
import type { Call } from './generate-calls.ts';
import type { DecisionFields, ImpressionFields, Observation, Side } from './observation.ts';
import type { Scenario } from './scenario.ts';
import { createScriptedStore } from './scripted-store.ts';

type Sdk = typeof import('@optimizely/optimizely-sdk/universal');

// Its ES module has the extension of a CommonJS one, which Node does not load.
const sdk = createRequire(import.meta.url)('@optimizely/optimizely-sdk/universal') as Sdk;

/** Creates an official client; throws what the SDK throws, or when it does not accept the datafile. */
export function createOfficialSide({ datafile, defaultOptions, profiles }: Omit<Scenario, 'seed' | 'calls'>): Side {
  let seen: Observation = emptyObservation();
  const store = createScriptedStore(() => seen);
  const client = sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: JSON.stringify(datafile) }),
    eventProcessor: sdk.createForwardingEventProcessor({
      dispatchEvent: ({ params }) => {
        seen.impressions.push(readImpression(params));
        return Promise.resolve({ statusCode: 200 });
      },
    }),
    requestHandler: {
      makeRequest: () => ({ abort: () => undefined, responsePromise: Promise.reject(new Error('no network')) }),
    },
    defaultDecideOptions: defaultOptions as never,
    ...(profiles ? { userProfileService: store as never } : {}),
  });
  client.notificationCenter.addNotificationListener(sdk.NOTIFICATION_TYPES.DECISION, (payload: unknown) => {
    seen.notifications.push(payload);
  });
  if (!acceptedDatafile(client)) throw new Error(`the official SDK refused the datafile: ${explainRefusal(datafile)}`);
  return {
    observe(call) {
      seen = emptyObservation();
      store.holds(call.profile);
      try {
        seen.decisions = runCall(client, call);
      } catch (error) {
        seen.threw = String(error);
      }
      return seen;
    },
  };
}

/** A client without a config says so in the reasons of every decision. */
function acceptedDatafile(client: ReturnType<Sdk['createInstance']>): boolean {
  const { reasons } = client.createUserContext('anyone').decide('no such flag', []);
  return reasons[0]?.startsWith('No flag was found') === true;
}

function explainRefusal(datafile: object): string {
  const messages: string[] = [];
  sdk.createInstance({
    projectConfigManager: sdk.createStaticProjectConfigManager({ datafile: JSON.stringify(datafile) }),
    logger: sdk.createLogger({ level: sdk.ERROR, logHandler: { log: (_level, message) => messages.push(message) } }),
    requestHandler: { makeRequest: () => ({ abort: () => undefined, responsePromise: new Promise(() => undefined) }) },
  });
  return messages.join('; ');
}

function runCall(client: ReturnType<Sdk['createInstance']>, call: Call): Observation['decisions'] {
  const user = client.createUserContext(call.userId, call.attributes as never);
  user.qualifiedSegments = call.segments === null ? null : [...call.segments];
  for (const { variationKey, ...target } of call.forced) {
    user.setForcedDecision(target as { flagKey: string }, { variationKey });
  }
  const options = [...call.options] as never;
  if (call.kind === 'decide') {
    const [key = ''] = call.keys;
    return [[key, readDecision(user.decide(key, options))]];
  }
  const decisions = call.kind === 'decideAll' ? user.decideAll(options) : user.decideForKeys([...call.keys], options);
  return Object.entries(decisions).map(([key, decision]) => [key, readDecision(decision)]);
}

function readDecision(decision: {
  variationKey: string | null;
  enabled: boolean;
  variables: Record<string, unknown>;
  ruleKey: string | null;
  flagKey: string;
  userContext: { getUserId(): string; getAttributes(): object };
  reasons: string[];
}): DecisionFields {
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

function emptyObservation(): Observation {
  return { decisions: [], notifications: [], impressions: [], lookups: 0, saves: [] };
}
