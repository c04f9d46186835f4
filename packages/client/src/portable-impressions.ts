/**
 * Portable impressions: a decision is made in one process and shown in another, and its impression is recorded in
 * either.
 */
import {
  createUserSnapshot,
  type DecisionOutcome,
  type ImpressionEvent,
  type Rule,
  type Variation,
} from '@sortition/core';
import { clientOf } from './client-internals.ts';
import { isImpressionDue, originOf } from './flag-decision.ts';

/**
 * The fields of an impression about the user and the decision, as plain data. Event recorders write the same fields one
 * by one: they run for each decision, and an object literal that begins with a spread is many times slower to create.
 */
export type HeldImpression = Omit<
  ImpressionEvent,
  'uuid' | 'timestamp' | 'config' | 'clientName' | 'clientVersion' | 'type'
>;

/** Returns the impression of a decision; `null` when none is due, and for anything but a successful decision of a client. */
export function readHeldImpression(decision: unknown): HeldImpression | null {
  const origin = originOf(decision);
  if (origin?.config == null || origin.outcome?.status !== 'decided') return null;
  const { config, user, outcome } = origin;
  if (!isImpressionDue(outcome, config)) return null;
  const { rule, variation } = outcome;
  return {
    userId: user.userId,
    attributes: user.attributes,
    flagKey: outcome.flagKey,
    ruleKey: rule?.key ?? '',
    ruleType: outcome.source,
    variationKey: variation?.key ?? '',
    enabled: outcome.enabled,
    experimentId: rule?.id ?? null,
    variationId: variation?.id ?? null,
    layerId: rule && (rule.layerId ?? ''),
    cmabUuid: outcome.cmabUuid,
  };
}

/**
 * Records an impression. @param uuid Id of the event: two servers that receive the same impression send the same event.
 */
type RecordHeld = (held: HeldImpression, uuid: string) => void;

/**
 * Returns a function that records impressions which another process, or an earlier call, held back. They are recorded
 * as they were decided, even if the datafile has changed. `null` when the client has no config yet or records nothing.
 *
 * @throws SdkError `invalid-option` when `client` is not a client
 */
export function recorderElsewhere(client: object): RecordHeld | null {
  const { state, steps } = clientOf(client);
  const { config } = state;
  const { recorder } = steps;
  if (config === null || !recorder) return null;
  return (held, uuid) => {
    const rule =
      held.experimentId === null ? null : { id: held.experimentId, key: held.ruleKey, layerId: held.layerId };
    const variation = held.variationId === null ? null : { id: held.variationId, key: held.variationKey };
    // Only the fields of an outcome that a recorder reads.
    const outcome = {
      flagKey: held.flagKey,
      rule: rule as Rule | null,
      variation: variation as Variation | null,
      source: held.ruleType,
      enabled: held.enabled,
      // Older versions wrote `null`.
      cmabUuid: held.cmabUuid ?? undefined,
    } as DecisionOutcome;
    recorder.impression(config, createUserSnapshot(held.userId, held.attributes), outcome, uuid);
  };
}
