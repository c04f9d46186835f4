/** Which rows of the event stream are shown. */
import type { EventRow } from '../../api/event-row.ts';

export interface EventFilter {
  readonly kind: 'all' | EventRow['kind'];
  /** Words, all of which must be somewhere in a row. */
  readonly text: string;
}

export function filterRows(rows: readonly EventRow[], { kind, text }: EventFilter): readonly EventRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter((row) => {
    if (kind !== 'all' && row.kind !== kind) return false;
    const { userId, flagKey = '', ruleKey = '', variationKey = '', eventKey = '' } = row;
    const haystack = `${userId} ${flagKey} ${ruleKey} ${variationKey} ${eventKey}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}
