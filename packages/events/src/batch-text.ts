/**
 * The body of a request: the JSON of a batch, byte for byte what `JSON.stringify` makes of it.
 *
 * The events of one decide call are of one user, whose attributes are most of their text: what a visitor shares with the
 * one before is written once and repeated as text.
 */
import type { EventBatch } from './event-batch.ts';
import { toWellFormedJson } from './event-text.ts';

/** Returns the JSON of a batch; surrogates that stand alone are U+FFFD. */
export function stringifyBatch({ visitors, ...envelope }: EventBatch): string {
  let shared: unknown;
  let attributes: string | undefined;
  const texts = visitors.map((visitor) => {
    // What a store gave back is anything, and never the same list.
    if (visitor.attributes !== shared || !Array.isArray(shared)) {
      shared = visitor.attributes;
      attributes = undefined;
      return JSON.stringify(visitor);
    }
    attributes ??= JSON.stringify(shared);
    const { snapshots, visitor_id } = visitor;
    return `{"snapshots":${JSON.stringify(snapshots)},"visitor_id":${JSON.stringify(visitor_id)},"attributes":${attributes}}`;
  });
  return toWellFormedJson(`${JSON.stringify(envelope).slice(0, -1)},"visitors":[${texts.join(',')}]}`);
}
