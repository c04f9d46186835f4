/** What happened, without whom it happened to: the member `snapshots` of a visitor, as JSON. */
import type { ConversionEvent, ImpressionEvent } from '@sortition/core';
import { readRevenue, readValue } from './conversion-numbers.ts';
import { inOnePiece, writeJson } from './event-text.ts';

/** What two impressions of the same decision have in common, and its text. */
interface Decided
  extends Pick<
    ImpressionEvent,
    'ruleKey' | 'ruleType' | 'variationKey' | 'enabled' | 'experimentId' | 'variationId' | 'layerId'
  > {
  readonly head: string;
}

/** The official key of every impression. */
const IMPRESSION_KEY = 'campaign_activated';
/** Decisions whose text is remembered; about half a kilobyte each. */
const MAX_HEADS = 5_000;

/**
 * Creates the writer of impressions. A server sends one for nearly each decision, so their text up to the time is remembered
 * for what was decided.
 */
export function createImpressionWriter(): (event: ImpressionEvent) => string {
  const heads = new Map<string, Decided[]>();
  let count = 0;
  let timestamp: number | undefined;
  let time = '';

  function headOf(event: ImpressionEvent): string {
    // Each prediction has an id of its own.
    if (event.cmabUuid !== undefined) return writeHead(event);
    let known = heads.get(event.flagKey);
    for (const decided of known ?? []) if (isSameDecision(decided, event)) return decided.head;
    if (count === MAX_HEADS) {
      heads.clear();
      count = 0;
      known = undefined;
    }
    count += 1;
    const { ruleKey, ruleType, variationKey, enabled, experimentId, variationId, layerId } = event;
    const head = writeHead(event);
    const decided = { ruleKey, ruleType, variationKey, enabled, experimentId, variationId, layerId, head };
    if (known) known.push(decided);
    else heads.set(event.flagKey, [decided]);
    return head;
  }

  return (event) => {
    if (timestamp !== event.timestamp) {
      timestamp = event.timestamp;
      time = inOnePiece([writeJson(timestamp), `,"key":"${IMPRESSION_KEY}","uuid":`]);
    }
    return `${headOf(event)}${time}${writeJson(event.uuid)}}]}]`;
  };
}

function isSameDecision(one: Decided, other: ImpressionEvent): boolean {
  return (
    one.variationId === other.variationId &&
    one.experimentId === other.experimentId &&
    one.ruleKey === other.ruleKey &&
    one.variationKey === other.variationKey &&
    one.layerId === other.layerId &&
    one.enabled === other.enabled &&
    one.ruleType === other.ruleType
  );
}

function writeHead(event: ImpressionEvent): string {
  const { experimentId, variationId, cmabUuid } = event;
  const campaignId = writeJson(event.layerId || experimentId || null);
  // Ids made up by an SDK, such as a holdout's, are no ids to the service.
  const sentId = variationId !== null && /^\d+$/.test(variationId) ? variationId : null;
  const cmab = cmabUuid === undefined ? '' : `,"cmab_uuid":${writeJson(cmabUuid)}`;
  return inOnePiece([
    `{"snapshots":[{"decisions":[{"campaign_id":${campaignId},"experiment_id":${writeJson(experimentId ?? '')}`,
    `,"variation_id":${writeJson(sentId)},"metadata":{"flag_key":${writeJson(event.flagKey)}`,
    `,"rule_key":${writeJson(event.ruleKey)},"rule_type":${writeJson(event.ruleType)}`,
    `,"variation_key":${writeJson(event.variationKey)},"enabled":${writeJson(event.enabled)}${cmab}}}]`,
    `,"events":[{"entity_id":${campaignId},"timestamp":`,
  ]);
}

/** @param tags The JSON of those that are sent; absent when the event has none. */
export function writeConversion(
  { eventId, eventKey, timestamp, uuid }: ConversionEvent,
  tags: string | undefined,
): string {
  return `{"snapshots":[{"events":[{"entity_id":${writeJson(eventId)},"timestamp":${writeJson(timestamp)},"key":${writeJson(eventKey)},"uuid":${writeJson(uuid)}${tags ? writeTags(tags) : ''}}]}]`;
}

function writeTags(tags: string): string {
  // As they are sent: a tag may be an object that JSON writes in a way of its own.
  const sent = JSON.parse(tags);
  const revenue = readRevenue(sent);
  const value = readValue(sent);
  return `${revenue === undefined ? '' : `,"revenue":${revenue}`}${value === undefined ? '' : `,"value":${value}`},"tags":${tags}`;
}
