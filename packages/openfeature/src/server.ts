/** OpenFeature on servers: a provider whose context comes with each evaluation. */
import {
  type EvaluationContext,
  type FlagMetadata,
  type JsonValue,
  type Logger,
  OpenFeatureEventEmitter,
  type Provider,
  type ProviderEvents,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/server-sdk';
import type { Client } from 'sortition';
import type { ValueType } from './address.ts';
import { createEvaluation, type FlagRequest } from './evaluation.ts';
import { readContext } from './evaluation-context.ts';
import { createProviderLifecycle } from './provider-lifecycle.ts';
import { type ProviderOptions, readProviderOptions } from './provider-options.ts';
import { toEventTags } from './tracking.ts';

export type { ProviderOptions } from './provider-options.ts';

/** A provider for `@openfeature/server-sdk`. */
export interface ServerProvider extends Provider {
  /**
   * With `impressions: 'none'`: sends the impression of an evaluation, once, from its details. Does nothing for details
   * of other providers.
   */
  trackExposure(details: { readonly flagMetadata: FlagMetadata }): void;
  /**
   * Number of members of evaluation contexts that were left out since the provider was created, because they are not
   * attribute values.
   */
  readonly attributesLeftOut: number;
}

/**
 * Creates a provider for servers. Each evaluation is one decision: it waits for asynchronous profile stores and predictions,
 * and for the user's segments where the client has ODP.
 *
 * @throws SdkError `invalid-option`
 * @example
 * await OpenFeature.setProviderAndWait(createServerProvider(client));
 * const value = await OpenFeature.getClient().getBooleanValue('checkout', false, { targetingKey: 'ada', plan: 'pro' });
 */
export function createServerProvider(client: Client, options?: ProviderOptions): ServerProvider {
  const settings = readProviderOptions('createServerProvider', client, options);
  const evaluation = createEvaluation(client, settings);
  const events = new OpenFeatureEventEmitter();
  const lifecycle = createProviderLifecycle(client, settings, (event, details) =>
    events.emit(event as ProviderEvents, { ...details }),
  );
  const hasSegments = client.stats().odp !== null;
  let attributesLeftOut = 0;

  async function evaluate<T>(request: FlagRequest, context: EvaluationContext): Promise<ResolutionDetails<T>> {
    const { userId, attributes, leftOut } = readContext(context);
    attributesLeftOut += leftOut;
    if (userId === undefined) return evaluation.answerWithoutUser(request);
    const user = client.createUserContext(userId, attributes);
    if (hasSegments) await user.load({ profile: false });
    const decision = await user.decideAsync(evaluation.flagKeyOf(request.flagKey), evaluation.decideOptions);
    return evaluation.answer(request, user, decision);
  }
  const resolver =
    <T>(type: ValueType) =>
    (flagKey: string, defaultValue: T, context: EvaluationContext, logger: Logger): Promise<ResolutionDetails<T>> =>
      evaluate<T>({ flagKey, type, defaultValue, logger }, context);

  return {
    metadata: { name: 'sortition' },
    runsOn: 'server',
    events,
    initialize: lifecycle.initialize,
    onClose: lifecycle.close,
    resolveBooleanEvaluation: resolver<boolean>('boolean'),
    resolveStringEvaluation: resolver<string>('string'),
    resolveNumberEvaluation: resolver<number>('number'),
    resolveObjectEvaluation: resolver<JsonValue>('object') as Provider['resolveObjectEvaluation'],
    track(eventName: string, context: EvaluationContext, details: TrackingEventDetails) {
      const { userId, attributes } = readContext(context);
      if (userId !== undefined)
        client.createUserContext(userId, attributes).trackEvent(eventName, toEventTags(details));
    },
    trackExposure: evaluation.trackExposure,
    get attributesLeftOut() {
      return attributesLeftOut;
    },
  };
}
