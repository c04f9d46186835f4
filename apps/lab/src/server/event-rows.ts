/** Collected events as the page shows them, and the search for them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CollectedEvent } from '@sortition/emulator';
import type { EventRow } from '../api/event-row.ts';

/** What to look for; what is left out matches everything. */
export interface EventSearch {
  /** Words, all of which must be somewhere in the user id, the keys or the revision; capitals do not matter. */
  readonly words?: readonly string[] | undefined;
  readonly kind?: EventRow['kind'] | undefined;
  readonly user?: string | undefined;
  readonly flag?: string | undefined;
  readonly rule?: string | undefined;
  readonly variation?: string | undefined;
  readonly event?: string | undefined;
  /** Milliseconds since the epoch, by the collector's clock; the end is exclusive. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Only events that arrived before this sequence number: the next page. */
  readonly before?: number | undefined;
  readonly limit: number;
}

const COLUMNS = /* SQL */ `
  seq::DOUBLE AS seq, received_at::DOUBLE AS "receivedAt", kind, visitor_id AS "userId", uuid, revision, attributes, flag_key AS "flagKey",
  nullif(rule_key, '') AS "ruleKey", nullif(variation_key, '') AS "variationKey", CASE kind WHEN 'conversion' THEN key END AS "eventKey",
  revenue::DOUBLE AS revenue, value
`;

/** The newest events that match, newest first. */
export async function searchEvents(connection: DuckDBConnection, search: EventSearch): Promise<readonly EventRow[]> {
  const { sql, values } = toWhere(search);
  const text = `SELECT ${COLUMNS} FROM events ${sql} ORDER BY events.seq DESC LIMIT ${search.limit}`;
  const rows = (await connection.runAndReadAll(text, values)).getRowObjectsJS();
  return rows.map(({ attributes, ...row }) =>
    withoutNulls({ ...row, attributes: typeof attributes === 'string' ? JSON.parse(attributes) : null }),
  );
}

/** The same row of an event that has just been kept. */
export function toEventRow(event: CollectedEvent, seq: number, receivedAt: number): EventRow {
  const { decision, kind, visitorId: userId, uuid, key, revision, attributes, revenue, value } = event;
  return withoutNulls({
    seq,
    receivedAt,
    kind,
    userId,
    uuid,
    revision,
    attributes: attributes.size === 0 ? null : Object.fromEntries(attributes),
    flagKey: decision?.flagKey ?? null,
    ruleKey: decision?.ruleKey || null,
    variationKey: decision?.variationKey || null,
    eventKey: kind === 'conversion' ? key : null,
    revenue,
    value,
  });
}

function toWhere(search: EventSearch): { sql: string; values: Record<string, string | number> } {
  const conditions: string[] = [];
  const values: Record<string, string | number> = {};
  const add = (name: string, value: string | number | undefined, condition: string): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values[name] = value;
  };
  add('kind', search.kind, 'kind = $kind');
  add('user', search.user, 'visitor_id = $user');
  add('flag', search.flag, 'flag_key = $flag');
  add('rule', search.rule, 'rule_key = $rule');
  add('variation', search.variation, 'variation_key = $variation');
  add('event', search.event, "kind = 'conversion' AND key = $event");
  add('from', search.from, 'received_at >= $from');
  add('until', search.until, 'received_at < $until');
  add('before', search.before, 'seq < $before');
  for (const [index, word] of (search.words ?? []).entries()) {
    add(
      `word${index}`,
      word.toLowerCase(),
      `contains(lower(concat_ws(' ', visitor_id, flag_key, rule_key, variation_key, key, revision)), $word${index})`,
    );
  }
  return { sql: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
}

function withoutNulls(row: Readonly<Record<string, unknown>>): EventRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as EventRow;
}
