/** How many users seen so far a change of a rule's traffic moves. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { computeBucket } from '@sortition/core';
import type { ShopRule } from '@sortition/emulator/shop-datafile';

/** Counts users of the rule's split; those whom an allow-list or another source gave a variation have none to lose. */
export async function countMovedUsers(
  connection: DuckDBConnection,
  before: ShopRule,
  after: ShopRule['trafficAllocation'],
): Promise<{ readonly seenUsers: number; readonly movedUsers: number }> {
  const result = await connection.runAndReadAll(
    `SELECT DISTINCT coalesce(json_extract_string(attributes, '$."$opt_bucketing_id"'), visitor_id)
    FROM events WHERE kind = 'impression' AND rule_id = $rule`,
    { rule: before.id },
  );
  const [old, now] = [ownersOf(before.trafficAllocation), ownersOf(after)];
  let seenUsers = 0;
  let movedUsers = 0;
  for (const [bucketingId] of result.getRows()) {
    const bucket = computeBucket(String(bucketingId), before.id);
    const owner = old[bucket] ?? '';
    if (owner === '') continue;
    seenUsers += 1;
    if (owner !== (now[bucket] ?? '')) movedUsers += 1;
  }
  return { seenUsers, movedUsers };
}

/** The owner of each bucket, as a client finds it. */
function ownersOf(ranges: ShopRule['trafficAllocation']): readonly string[] {
  const owners: string[] = [];
  for (const { entityId, endOfRange } of ranges) while (owners.length < endOfRange) owners.push(entityId);
  return owners;
}
