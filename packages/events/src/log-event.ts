/** A batch as it is sent, and where to: the datafile names a region, never a host. */
import type { LogEvent } from '@sortition/core';
import type { BatchContext } from './batch-context.ts';
import type { EventBatch } from './event-batch.ts';
import { toWellFormedJson } from './event-text.ts';

/** A request, for the wire and for listeners. */
export interface Letter {
  readonly body: string;
  readonly log: LogEvent & { readonly params: EventBatch };
}

const US = 'https://logx.optimizely.com/v1/events';
const EU = 'https://eu.logx.optimizely.com/v1/events';

/**
 * Writes the request of a batch.
 *
 * @param events With the JSON of each.
 * @param endpoint That of the region when absent; the United States' for any region that is not known.
 */
export function writeLetter(
  endpoint: string | undefined,
  { region, envelope }: BatchContext,
  events: readonly { readonly text: string }[],
): Letter {
  const texts = events.map(({ text }) => text);
  const head = `${toWellFormedJson(JSON.stringify(envelope)).slice(0, -1)},"visitors":[`;
  // In one piece: a body of some hundred kilobytes is not to be copied again for its ends.
  texts[0] = head + (texts[0] ?? '');
  texts.push(`${texts.pop()}]}`);
  const body = texts.join(',');
  const log = { url: endpoint ?? (region.toUpperCase() === 'EU' ? EU : US), httpVerb: 'POST' };
  return { body, log: Object.defineProperties(log, { body: { value: body }, params: PARAMS }) as Letter['log'] };
}

/**
 * One for all: a getter written in an object literal would give each object a hidden class of its own, which keeps the body
 * from being freed until the whole heap is collected.
 */
const PARAMS: PropertyDescriptor = {
  enumerable: true,
  /** Parsed only when a listener looks at it. */
  get(this: { readonly body: string }): EventBatch {
    return JSON.parse(this.body);
  },
};
