/** A client of ours under observation. */
import {
  type Attributes,
  type CmabSource,
  createClient,
  createStaticConfig,
  type EventSink,
  type UserContext,
} from 'sortition';
import { addRequest, type Script } from './cmab-script.ts';
import type { Call } from './generate-calls.ts';
import {
  type DecisionFields,
  emptyObservation,
  type ImpressionFields,
  type Observation,
  type Side,
} from './observation.ts';
import type { ClientSettings } from './scenario.ts';
import { createScriptedStore, toAsyncStore } from './scripted-store.ts';

/** Creates a client of ours. */
export function createOurSide({ datafile, defaultOptions, profiles }: ClientSettings): Side {
  let seen: Observation = emptyObservation();
  let script: Script = {};
  const store = createScriptedStore(() => seen);
  const events: EventSink = {
    record(event) {
      if (event.type === 'impression') seen.impressions.push(readImpression(event));
    },
  };
  const cmab: CmabSource = {
    predict({ userId, ruleId, attributes }) {
      addRequest(seen.predictions, {
        userId,
        ruleId,
        attributes: [...attributes].map(([id, value]) => ({ id, value })),
      });
      const variationId = script[ruleId];
      if (variationId === undefined) return Promise.reject(new Error('no prediction'));
      return Promise.resolve({ variationId, cmabUuid: `cmab of ${ruleId}` });
    },
  };
  const client = createClient({
    config: createStaticConfig({ datafile: JSON.stringify(datafile) }),
    defaultDecideOptions: defaultOptions as never,
    events,
    cmab,
    logger: false,
    ...(profiles === 'sync' && { profiles: store as never }),
    ...(profiles === 'async' && { profiles: toAsyncStore(store) as never }),
  });
  client.on('decision', (payload) => seen.notifications.push(payload));
  return {
    async observe(call) {
      seen = emptyObservation();
      script = call.predictions ?? {};
      store.holds(call.profile);
      try {
        const user = client.createUserContext(call.userId, call.attributes as Attributes | undefined);
        prepare(user, call);
        seen.decisions = call.predictions ? await decideAsync(user, call) : decide(user, call);
      } catch (error) {
        seen.threw = String(error);
      }
      return seen;
    },
  };
}

function prepare(user: UserContext, call: Call): void {
  user.qualifiedSegments = call.segments;
  for (const { variationKey, ...target } of call.forced) user.setForcedDecision(target, { variationKey });
}

function decide(user: UserContext, { kind, keys, options }: Call): Observation['decisions'] {
  const [key = ''] = keys;
  if (kind === 'decide') return [[key, readDecision(user.decide(key, options as never))]];
  return readDecisions(
    kind === 'decideAll' ? user.decideAll(options as never) : user.decideForKeys(keys, options as never),
  );
}

async function decideAsync(user: UserContext, { kind, keys, options }: Call): Promise<Observation['decisions']> {
  const [key = ''] = keys;
  if (kind === 'decide') return [[key, readDecision(await user.decideAsync(key, options as never))]];
  return readDecisions(
    kind === 'decideAll'
      ? await user.decideAllAsync(options as never)
      : await user.decideForKeysAsync(keys, options as never),
  );
}

function readDecisions(decisions: ReturnType<UserContext['decideAll']>): Observation['decisions'] {
  return Object.entries(decisions).flatMap(([key, decision]) => (decision ? [[key, readDecision(decision)]] : []));
}

function readDecision(decision: ReturnType<UserContext['decide']>): DecisionFields {
  const { variationKey, enabled, variables, ruleKey, flagKey, userContext, reasons } = decision;
  return { variationKey, enabled, variables, ruleKey, flagKey, userContext: userContext.toJSON(), reasons };
}

/** In the terms of the wire, as the specification of the payload has them. */
function readImpression(event: Parameters<EventSink['record']>[0] & { type: 'impression' }): ImpressionFields {
  const { userId, layerId, experimentId, variationId, flagKey, ruleKey, ruleType, variationKey, enabled } = event;
  return {
    visitorId: userId,
    campaignId: layerId || experimentId || null,
    experimentId: experimentId ?? '',
    variationId: variationId !== null && /^\d+$/.test(variationId) ? variationId : null,
    flagKey,
    ruleKey,
    ruleType,
    variationKey,
    enabled,
    cmabUuid: event.cmabUuid,
  };
}
