/** The lab's database: one DuckDB file with what was collected and what was published. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** An open database. */
export interface EventDatabase {
  /** For the transactions of the event store, one after another. */
  readonly ingest: DuckDBConnection;
  /** For single statements beside them. */
  readonly queries: DuckDBConnection;
  /** Writes everything to the file. */
  close(): void;
}

/** `seq` counts events in the order of their arrival; times are milliseconds since the epoch. */
const SCHEMA = /* SQL */ `
  CREATE TABLE IF NOT EXISTS batches (id BIGINT, received_at BIGINT, raw BLOB);
  CREATE TABLE IF NOT EXISTS events (
    seq BIGINT, batch_id BIGINT, received_at BIGINT, uuid VARCHAR, kind VARCHAR, visitor_id VARCHAR, timestamp BIGINT,
    key VARCHAR, revision VARCHAR, flag_key VARCHAR, rule_id VARCHAR, rule_key VARCHAR, variation_id VARCHAR,
    variation_key VARCHAR, revenue BIGINT
  );
  CREATE TABLE IF NOT EXISTS allocations (revision VARCHAR, rule_id VARCHAR, variation_id VARCHAR, share DOUBLE);
`;

const SETTINGS = {
  threads: '2',
  memory_limit: '1GB',
  // Rarer than by default: a checkpoint rewrites the file's last row groups, in the middle of somebody's request.
  checkpoint_threshold: '256MB',
};

/** Opens or creates `events.duckdb` in `folder`. Rejects with a sentence when another process has it open. */
export async function openEventDatabase(folder: string): Promise<EventDatabase> {
  await mkdir(folder, { recursive: true });
  const instance = await DuckDBInstance.create(join(folder, 'events.duckdb'), SETTINGS).catch((error: Error) => {
    if (!error.message.includes('lock')) throw error;
    throw new Error(`Another process keeps its events in ${folder}; stop it or choose another folder.`, {
      cause: error,
    });
  });
  const ingest = await instance.connect();
  await ingest.run(SCHEMA);
  const queries = await instance.connect();
  return {
    ingest,
    queries,
    close() {
      queries.closeSync();
      ingest.closeSync();
      instance.closeSync();
    },
  };
}
