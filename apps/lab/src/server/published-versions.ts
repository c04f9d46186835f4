/** Which split each revision asked for: results are judged by the split a visitor was decided with. */

import { listExperiments, type ShopDatafile, sharesOf } from '@sortition/emulator/shop-datafile';
import type { EventDatabase } from './event-database.ts';

/** Notes the splits of a version; a revision is published once. */
export async function recordVersion({ queries }: EventDatabase, document: ShopDatafile): Promise<void> {
  const appender = await queries.createAppender('allocations');
  for (const rule of listExperiments(document)) {
    for (const [variationId, share] of sharesOf(rule.trafficAllocation)) {
      appender.appendVarchar(document.revision);
      appender.appendVarchar(rule.id);
      appender.appendVarchar(variationId);
      appender.appendDouble(share);
      appender.endRow();
    }
  }
  appender.closeSync();
}

/** The highest revision that was published, 0 when none was. */
export async function readLastRevision({ queries }: EventDatabase): Promise<number> {
  const result = await queries.runAndReadAll(
    'SELECT coalesce(max(try_cast(revision AS BIGINT)), 0)::DOUBLE FROM allocations',
  );
  return Number(result.getRows()[0]?.[0]);
}
