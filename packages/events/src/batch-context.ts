/** The common fields of the events of one request, which a batch has only once. */
import type { ConversionEvent, ImpressionEvent } from '@sortition/core';
import type { LaneItem } from '@sortition/http';

/** An impression or a conversion. */
export type RecordedEvent = ImpressionEvent | ConversionEvent;

/** An event that waits to be sent; its text is its part of a batch, as JSON. */
export interface QueuedEvent extends LaneItem {
  readonly uuid: string;
}

/** The body of a request without its visitors. */
export interface BatchEnvelope {
  readonly client_name: string;
  readonly client_version: string;
  readonly account_id: string;
  readonly project_id: string;
  readonly revision: string;
  readonly anonymize_ip: boolean;
  readonly enrich_decisions: true;
}

/** Events with equal contexts may share a request. Plain data: it is stored beside events. */
export interface BatchContext {
  /** Chooses the endpoint. */
  readonly region: string;
  /** `null`: events carry no bot-filtering attribute. */
  readonly botFiltering: boolean | null;
  readonly envelope: BatchEnvelope;
}

/** Returns whether two events may share a request. */
export function isSameContext(one: BatchContext, other: BatchContext): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Reads the context of an event. */
export function readContext({ config, clientName, clientVersion }: RecordedEvent): BatchContext {
  return {
    region: config.region,
    botFiltering: config.botFiltering ?? null,
    envelope: {
      client_name: clientName,
      client_version: clientVersion,
      account_id: config.accountId,
      project_id: config.projectId,
      revision: config.revision,
      anonymize_ip: config.anonymizeIp,
      enrich_decisions: true,
    },
  };
}
