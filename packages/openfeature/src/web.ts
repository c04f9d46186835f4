/** OpenFeature in browsers: a provider with a global context and synchronous evaluations. */
import {
  type EvaluationContext,
  type FlagMetadata,
  type JsonValue,
  type Logger,
  OpenFeatureEventEmitter,
  type Provider,
  type ProviderEmittableEvents,
  type ResolutionDetails,
  type TrackingEventDetails,
} from '@openfeature/web-sdk';
import { type Client, canLoad, type UserContext } from 'sortition';
import type { ValueType } from './address.ts';
import { createEvaluation, type FlagRequest } from './evaluation.ts';
import { readContext } from './evaluation-context.ts';
import { createProviderLifecycle } from './provider-lifecycle.ts';
import { type ProviderOptions, readProviderOptions } from './provider-options.ts';
import { toEventTags } from './tracking.ts';

export type { ProviderOptions } from './provider-options.ts';

/** A provider for `@openfeature/web-sdk`. */
export interface WebProvider extends Provider {
  /**
   * With `impressions: 'none'`: sends the impression of an evaluation, once, from its details. Does nothing for details
   * of other providers.
   */
  trackExposure(details: { readonly flagMetadata: FlagMetadata }): void;
}

/**
 * Creates a provider for browsers. A changed context is reconciled while its stored assignments and segments are
 * loaded, if the client has a store or ODP; evaluations in the meantime are for the new context, never for the old one.
 *
 * @throws SdkError `invalid-option`
 * @example
 * await OpenFeature.setContext({ targetingKey: 'ada' });
 * await OpenFeature.setProviderAndWait(createWebProvider(client));
 * const value = OpenFeature.getClient().getBooleanValue('checkout', false);
 */
export function createWebProvider(client: Client, options?: ProviderOptions): WebProvider {
  const settings = readProviderOptions('createWebProvider', client, options);
  const evaluation = createEvaluation(client, settings);
  const events = new OpenFeatureEventEmitter();
  const lifecycle = createProviderLifecycle(client, settings, (event, details) =>
    events.emit(event as ProviderEmittableEvents, { ...details }),
  );
  /** Users by their context: with domains, one provider has several contexts. */
  const users = new WeakMap<EvaluationContext, UserContext>();

  function userOf(context: EvaluationContext): UserContext | undefined {
    const known = users.get(context);
    if (known !== undefined) return known;
    const { userId, attributes } = readContext(context);
    if (userId === undefined) return undefined;
    const user = client.createUserContext(userId, attributes);
    users.set(context, user);
    return user;
  }
  /** Loads stored data of the user; returns `undefined` when there is nothing to load. */
  function load(context: EvaluationContext | undefined): Promise<void> | undefined {
    const user = context && userOf(context);
    return user && canLoad(client) ? user.load() : undefined;
  }
  const resolver =
    <T>(type: ValueType) =>
    (flagKey: string, defaultValue: T, context: EvaluationContext, logger: Logger): ResolutionDetails<T> => {
      const request: FlagRequest = { flagKey, type, defaultValue, logger };
      const user = userOf(context);
      if (user === undefined) return evaluation.answerWithoutUser(request);
      return evaluation.answer(request, user, user.decide(evaluation.flagKeyOf(flagKey), evaluation.decideOptions));
    };

  return {
    metadata: { name: 'sortition' },
    runsOn: 'client',
    events,
    async initialize(context) {
      await lifecycle.initialize();
      await load(context);
    },
    onContextChange: (_previous, context) => load(context) as Promise<void>,
    onClose: lifecycle.close,
    resolveBooleanEvaluation: resolver<boolean>('boolean'),
    resolveStringEvaluation: resolver<string>('string'),
    resolveNumberEvaluation: resolver<number>('number'),
    resolveObjectEvaluation: resolver<JsonValue>('object') as Provider['resolveObjectEvaluation'],
    track(eventName: string, context: EvaluationContext, details: TrackingEventDetails) {
      userOf(context)?.trackEvent(eventName, toEventTags(details));
    },
    trackExposure: evaluation.trackExposure,
  };
}
