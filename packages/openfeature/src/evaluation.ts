/** Evaluation: the common code of both providers for one request, once there is a user. */
import type { FlagMetadata, Logger, ResolutionDetails } from '@openfeature/core';
import type { Client, DecideOption, Decision, UserContext } from 'sortition';
import { parseAddress, type ValueType } from './address.ts';
import { createHeldImpressions } from './exposure.ts';
import type { ProviderSettings } from './provider-options.ts';
import { fail, resolve } from './resolution.ts';

/** A request for one value. */
export interface FlagRequest {
  readonly flagKey: string;
  readonly type: ValueType;
  readonly defaultValue: unknown;
  readonly logger: Logger;
}

/** Turns decisions into results, and remembers its hints. */
export interface Evaluation {
  /** The options to decide with. */
  readonly decideOptions: readonly DecideOption[];
  /** The flag's key in an address. */
  flagKeyOf(address: string): string;
  /** Returns the result of a decision. */
  answer<T>(request: FlagRequest, user: UserContext, decision: Decision): ResolutionDetails<T>;
  /** Returns the result for a context without a user id. */
  answerWithoutUser<T>(request: FlagRequest): ResolutionDetails<T>;
  /** Sends the impression of an evaluation, once, if it was held back. */
  trackExposure(details: { readonly flagMetadata: FlagMetadata }): void;
}

/** Limit of remembered hints; after that, no hints are logged. */
const HINTS = 100;

const HELD_BACK: readonly DecideOption[] = ['DISABLE_DECISION_EVENT'];
const AT_ONCE: readonly DecideOption[] = [];

/** Creates the evaluation of one provider. */
export function createEvaluation(client: Client, { isStrict, sendsImpressions }: ProviderSettings): Evaluation {
  const held = createHeldImpressions();
  const hinted = new Set<string>();
  return {
    decideOptions: sendsImpressions ? AT_ONCE : HELD_BACK,
    flagKeyOf: (address) => parseAddress(address).flagKey,
    answer({ flagKey, type, defaultValue, logger }, user, decision) {
      const hint = (message: string): void => {
        if (hinted.has(message) || hinted.size >= HINTS) return;
        hinted.add(message);
        logger.info(message);
      };
      const question = { address: parseAddress(flagKey), type, defaultValue, isStrict, hint };
      const resolution = resolve(decision, question);
      if (!sendsImpressions) held.hold(resolution.flagMetadata, user, decision);
      return resolution as ResolutionDetails<never>;
    },
    answerWithoutUser(request) {
      if (!client.isReady)
        return fail(request, 'PROVIDER_NOT_READY', 'There is no datafile yet.') as ResolutionDetails<never>;
      const message = 'The evaluation context has no targeting key; expected a text that is not empty, the user id.';
      return fail(request, 'TARGETING_KEY_MISSING', message) as ResolutionDetails<never>;
    },
    trackExposure: held.send,
  };
}
