/** What was published and set, kept beside the events: every version of the datafile, and settings such as segments and faults. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { blobValue } from '@duckdb/node-api';
import type { ShopDatafile } from '@sortition/emulator/shop-datafile';
import type { VersionRow } from '../api/history.ts';
import type { EventDatabase } from './event-database.ts';

/** Reads and writes versions and settings. Writes are made one after another, and kept when their promise resolves. */
export interface ConfigurationStore {
  save(version: VersionRow, document: ShopDatafile): Promise<void>;
  /** The version published last; `undefined` in a new folder. */
  newest(): Promise<ShopDatafile | undefined>;
  /** `undefined` for a revision that was never published here. */
  read(revision: string): Promise<ShopDatafile | undefined>;
  /** Newest first. */
  list(page: { readonly limit: number; readonly before: number | null }): Promise<readonly VersionRow[]>;
  /** The value saved under a name, parsed; `undefined` when there is none. */
  setting(name: string): Promise<unknown>;
  saveSetting(name: string, value: unknown): Promise<void>;
  /** Resolves when every write so far is kept. */
  settled(): Promise<void>;
}

const compress = promisify(gzip);
const inflate = promisify(gunzip);

export function createConfigurationStore({ configure, read }: EventDatabase): ConfigurationStore {
  async function find(where: string, values: Record<string, number> = {}): Promise<ShopDatafile | undefined> {
    const rows = await read(async (connection) =>
      (await connection.runAndReadAll(`SELECT document FROM versions ${where}`, values)).getRowObjectsJS(),
    );
    const document = rows[0]?.document as Uint8Array | undefined;
    return document && (JSON.parse((await inflate(document)).toString()) as ShopDatafile);
  }

  return {
    save: ({ revision, publishedAt, summary }, document) =>
      configure(async (configuration) => {
        const bytes = await compress(JSON.stringify(document));
        await configuration.run('INSERT INTO versions VALUES ($revision, $publishedAt, $summary, $bytes)', {
          revision: BigInt(revision),
          publishedAt: BigInt(publishedAt),
          summary,
          bytes: blobValue(bytes),
        });
      }),
    newest: () => find('ORDER BY revision DESC LIMIT 1'),
    read: async (revision) =>
      /^\d{1,15}$/.test(revision)
        ? find('WHERE revision = $revision LIMIT 1', { revision: Number(revision) })
        : undefined,
    list: ({ limit, before }) =>
      read(async (connection) => {
        const rows = await connection.runAndReadAll(
          `SELECT revision::VARCHAR AS revision, published_at::DOUBLE AS "publishedAt", summary FROM versions
          WHERE revision < $before ORDER BY revision DESC LIMIT ${limit}`,
          { before: before ?? Number.MAX_SAFE_INTEGER },
        );
        return rows.getRowObjectsJS() as unknown as VersionRow[];
      }),
    setting: (name) =>
      read(async (connection) => {
        const rows = await connection.runAndReadAll('SELECT value FROM settings WHERE name = $name', { name });
        const [value] = rows.getRows()[0] ?? [];
        return typeof value === 'string' ? JSON.parse(value) : undefined;
      }),
    saveSetting: (name, value) =>
      configure(async (configuration) => {
        await configuration.run('BEGIN');
        try {
          await configuration.run('DELETE FROM settings WHERE name = $name', { name });
          await configuration.run('INSERT INTO settings VALUES ($name, $value)', {
            name,
            value: JSON.stringify(value),
          });
          await configuration.run('COMMIT');
        } catch (error) {
          await configuration.run('ROLLBACK').catch(() => undefined);
          throw error;
        }
      }),
    settled: () => configure(async () => undefined),
  };
}
