/** The lab's database: one DuckDB file with what was collected and what was published. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** An open database. */
export interface EventDatabase {
  /** For the transactions of the event store, one after another. */
  readonly ingest: DuckDBConnection;
  /** Runs `task` with the connection that writes configuration, one task after another. */
  configure<T>(task: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /**
   * Runs `task` with a connection of its own for as long as it takes; two run at a time, others wait. What it reads is of one
   * moment. Rejects once the database closes, also what is under way.
   */
  read<T>(task: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /**
   * Interrupts reads, waits for them to end and writes everything to the file. Idempotent.
   *
   * Reads that do not end within the deadline keep the database open until the process ends: closing beneath them would
   * crash it. What was committed is in the file or its log either way.
   */
  close(): Promise<void>;
}

/** `seq` counts events in the order of their arrival; times are milliseconds since the epoch. */
const SCHEMA = /* SQL */ `
  CREATE TABLE IF NOT EXISTS batches (id BIGINT, received_at BIGINT, raw BLOB);
  CREATE TABLE IF NOT EXISTS events (
    seq BIGINT, batch_id BIGINT, received_at BIGINT, uuid VARCHAR, kind VARCHAR, visitor_id VARCHAR, timestamp BIGINT,
    key VARCHAR, revision VARCHAR, flag_key VARCHAR, rule_id VARCHAR, rule_key VARCHAR, variation_id VARCHAR,
    variation_key VARCHAR, revenue BIGINT
  );
  ALTER TABLE events ADD COLUMN IF NOT EXISTS value DOUBLE;
  ALTER TABLE events ADD COLUMN IF NOT EXISTS attributes VARCHAR;
  CREATE TABLE IF NOT EXISTS versions (revision BIGINT, published_at BIGINT, summary VARCHAR, document BLOB);
  CREATE TABLE IF NOT EXISTS periods (
    rule_id VARCHAR, first_revision BIGINT, started_at BIGINT, configuration VARCHAR, shares VARCHAR
  );
  CREATE TABLE IF NOT EXISTS settings (name VARCHAR, value VARCHAR);
`;

const SETTINGS = {
  threads: '2',
  memory_limit: '1GB',
  // Rarer than by default: a checkpoint rewrites the file's last row groups, in the middle of a request.
  checkpoint_threshold: '64MB',
};

const READERS = 2;
/** An interrupted statement ends within milliseconds. */
const CLOSE_DEADLINE_MS = 5_000;

/** Opens or creates `events.duckdb` in `folder`. Rejects with a sentence when it cannot, or another process has it open. */
export async function openEventDatabase(folder: string): Promise<EventDatabase> {
  const instance = await openFile(folder).catch((cause: Error) => {
    const message = cause.message.includes('Could not set lock')
      ? `Another process keeps its events in ${folder}; stop it or choose another folder.`
      : `Events cannot be kept in ${folder}: ${cause.message}; choose another folder.`;
    throw new Error(message, { cause });
  });
  const ingest = await instance.connect();
  await ingest.run(SCHEMA);
  const configuration = await instance.connect();
  const readers = await Promise.all(Array.from({ length: READERS }, () => instance.connect()));
  const free = [...readers];
  const waiting: {
    readonly resolve: (connection: DuckDBConnection) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  const running = new Set<Promise<unknown>>();
  let configuring: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  function take(): Promise<DuckDBConnection> {
    if (closing !== undefined) return Promise.reject(stopping());
    const connection = free.pop();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  }

  function giveBack(connection: DuckDBConnection): void {
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next.resolve(connection);
  }

  async function readOn<T>(
    connection: DuckDBConnection,
    task: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    try {
      await connection.run('BEGIN TRANSACTION READ ONLY');
      try {
        return await task(connection);
      } finally {
        await connection.run('ROLLBACK').catch(() => undefined); // an interrupted transaction is over already
      }
    } catch (error) {
      throw closing === undefined ? error : stopping();
    } finally {
      giveBack(connection);
    }
  }

  async function close(): Promise<void> {
    for (const { reject } of waiting.splice(0)) reject(stopping());
    const ended = Promise.allSettled(running).then(() => true);
    // A statement that begins after the first interruption needs another one.
    const again = setInterval(() => {
      for (const reader of readers) reader.interrupt();
    }, 20);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), CLOSE_DEADLINE_MS);
    });
    const isIdle = await Promise.race([ended, late]);
    clearInterval(again);
    clearTimeout(timer);
    if (!isIdle) return;
    for (const connection of [...readers, configuration, ingest]) connection.closeSync();
    instance.closeSync();
  }

  return {
    ingest,
    configure(task) {
      const result = configuring.then(() => task(configuration));
      configuring = result.catch(() => undefined);
      return result;
    },
    async read(task) {
      const connection = await take();
      const work = readOn(connection, task);
      running.add(work);
      const forget = () => running.delete(work);
      work.then(forget, forget);
      return work;
    },
    close: () => (closing ??= close()),
  };
}

async function openFile(folder: string): Promise<DuckDBInstance> {
  await mkdir(folder, { recursive: true });
  return DuckDBInstance.create(join(folder, 'events.duckdb'), SETTINGS);
}

function stopping(): Error {
  return new Error('The lab is stopping; ask again when it runs.');
}
