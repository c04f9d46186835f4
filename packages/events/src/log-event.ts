/** The request of a batch. The datafile names a region, never a host. */
import type { LogEvent } from '@sortition/core';
import type { BatchContext } from './batch-context.ts';
import type { EventBatch } from './event-batch.ts';
import { toWellFormedJson } from './event-text.ts';

/** A request, for the wire and for listeners. */
export interface BatchRequest {
  readonly body: string;
  readonly log: LogEvent & { readonly params: EventBatch };
}

const US = 'https://logx.optimizely.com/v1/events';
const EU = 'https://eu.logx.optimizely.com/v1/events';

/**
 * Writes the request of a batch.
 *
 * @param events Events with their JSON.
 * @param endpoint By default that of the region; for an unknown region that of the United States.
 */
export function writeBatch(
  endpoint: string | undefined,
  { region, envelope }: BatchContext,
  events: readonly { readonly text: string }[],
): BatchRequest {
  const texts = events.map(({ text }) => text);
  const head = `${toWellFormedJson(JSON.stringify(envelope)).slice(0, -1)},"visitors":[`;
  // Joined once, so that a body of some hundred kilobytes is not copied again for its ends.
  texts[0] = head + (texts[0] ?? '');
  texts.push(`${texts.pop()}]}`);
  const body = texts.join(',');
  const log = { url: endpoint ?? (region.toUpperCase() === 'EU' ? EU : US), httpVerb: 'POST' };
  return { body, log: Object.defineProperties(log, { body: { value: body }, params: PARAMS }) as BatchRequest['log'] };
}

/**
 * Shared, because a getter in an object literal would give each object a separate hidden class, which keeps the body in
 * memory until a full garbage collection.
 */
const PARAMS: PropertyDescriptor = {
  enumerable: true,
  /** Parsed only when a listener reads it. */
  get(this: { readonly body: string }): EventBatch {
    return JSON.parse(this.body);
  },
};
