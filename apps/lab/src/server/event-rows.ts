/** Collected events as the page shows them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CollectedEvent } from '@sortition/emulator';
import type { EventRow } from '../api/event-row.ts';

const COLUMNS = /* SQL */ `
  seq::DOUBLE AS seq, received_at::DOUBLE AS "receivedAt", kind, visitor_id AS "userId", uuid, flag_key AS "flagKey",
  nullif(rule_key, '') AS "ruleKey", nullif(variation_key, '') AS "variationKey", CASE kind WHEN 'conversion' THEN key END AS "eventKey",
  revenue::DOUBLE AS revenue
`;

/** The newest events first. */
export async function readNewestEvents(queries: DuckDBConnection, limit: number): Promise<readonly EventRow[]> {
  const sql = `SELECT ${COLUMNS} FROM events ORDER BY events.seq DESC LIMIT ${limit}`;
  const rows = (await queries.runAndReadAll(sql)).getRowObjectsJS();
  return rows.map((row) => withoutNulls(row) as unknown as EventRow);
}

/** The same row of an event that has just been kept. */
export function toEventRow(event: CollectedEvent, seq: number, receivedAt: number): EventRow {
  const { decision, kind, visitorId: userId, uuid, key, revenue } = event;
  const row = {
    seq,
    receivedAt,
    kind,
    userId,
    uuid,
    flagKey: decision?.flagKey ?? null,
    ruleKey: decision?.ruleKey || null,
    variationKey: decision?.variationKey || null,
    eventKey: kind === 'conversion' ? key : null,
    revenue,
  };
  return withoutNulls(row) as unknown as EventRow;
}

function withoutNulls(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}
