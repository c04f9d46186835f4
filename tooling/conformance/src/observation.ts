/** What can be seen of one call from outside, in one shape for both sides. */
import type { Call } from './generate-calls.ts';

/** Everything a call did. */
export interface Observation {
  /** Message of what the call threw; absent when it returned. */
  threw?: string;
  /** Flag key to decision, in the order of the returned record; a single decide has one entry. */
  decisions: [string, DecisionFields][];
  /** Payloads of the decision notification, in order. */
  notifications: unknown[];
  impressions: ImpressionFields[];
  /** How often the profile was looked up. */
  lookups: number;
  /** Profiles the store was asked to save. */
  saves: unknown[];
  /** What the prediction service was asked with, by rule id. */
  predictions: Record<string, unknown>;
}

/** Every field of a decision; the user context as its JSON. */
export interface DecisionFields {
  variationKey: string | null;
  enabled: boolean;
  variables: Record<string, unknown>;
  ruleKey: string | null;
  flagKey: string;
  userContext: { userId: string; attributes: Record<string, unknown> };
  reasons: readonly string[];
}

/** An impression in the terms of the wire. */
export interface ImpressionFields {
  visitorId: string;
  campaignId: string | null;
  experimentId: string;
  variationId: string | null;
  flagKey: string;
  ruleKey: string;
  ruleType: string;
  variationKey: string;
  enabled: boolean;
  cmabUuid: string | undefined;
}

/** Nothing seen yet. */
export function emptyObservation(): Observation {
  return { decisions: [], notifications: [], impressions: [], lookups: 0, saves: [], predictions: {} };
}

/** A client under observation. */
export interface Side {
  observe(call: Call): Observation | Promise<Observation>;
}
