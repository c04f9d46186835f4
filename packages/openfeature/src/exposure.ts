/** Exposure: impressions that a provider holds back until the application reports that the user saw the flag. */
import type { FlagMetadata } from '@openfeature/core';
import type { Decision, UserContext } from 'sortition';

/** Decisions by the metadata object of their evaluation. */
export interface HeldImpressions {
  hold(metadata: FlagMetadata, user: UserContext, decision: Decision): void;
  /** Sends the impression of an evaluation, once. Details of other providers are ignored. */
  send(details: { readonly flagMetadata: FlagMetadata }): void;
}

/** Keeps decisions as long as the application keeps the details of their evaluations. */
export function createHeldImpressions(): HeldImpressions {
  const held = new WeakMap<object, { user: UserContext; decision: Decision }>();
  return {
    hold: (metadata, user, decision) => void held.set(metadata, { user, decision }),
    send({ flagMetadata }) {
      const found = held.get(flagMetadata);
      found?.user.trackImpression(found.decision);
    },
  };
}
