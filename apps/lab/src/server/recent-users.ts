/** The users of the newest events: who is there to be looked at. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { NodeApp } from '@sortition/emulator';
import type { RecentUser } from '../api/recent-user.ts';
import type { LabParts } from './lab-parts.ts';

/** Only these newest events are looked at, so that a million others cost nothing. */
const NEWEST_EVENTS = 2_000;
const MAX_USERS = 100;

/** Adds `/api/users`. */
export function addRecentUserRoutes(app: NodeApp, lab: Promise<LabParts>): void {
  app.get('/api/users', async (context) => {
    const limit = Number(context.req.query('limit') ?? 10);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_USERS) {
      return context.json({ error: `"limit" must be a whole number from 1 to ${MAX_USERS}` }, 400);
    }
    return context.json(await (await lab).database.read((connection) => readRecentUsers(connection, limit)));
  });
}

async function readRecentUsers(connection: DuckDBConnection, limit: number): Promise<readonly RecentUser[]> {
  const result = await connection.runAndReadAll(
    `SELECT visitor_id AS "userId", arg_max(attributes, seq) AS attributes, max(received_at)::DOUBLE AS "seenAt"
    FROM events WHERE seq > (SELECT coalesce(max(seq), 0) - ${NEWEST_EVENTS} FROM events)
    GROUP BY visitor_id ORDER BY max(seq) DESC LIMIT ${limit}`,
  );
  return result.getRowObjectsJS().map(({ userId, attributes, seenAt }) => ({
    userId: String(userId),
    attributes: typeof attributes === 'string' ? (JSON.parse(attributes) as RecentUser['attributes']) : {},
    seenAt: Number(seenAt),
  }));
}
