import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeUserProfileStore } from '../../src/contracts/index.ts';
import { createSqlProfileStore } from './sql-profile-store.ts';

type Row = { experiment_id: string; variation_id: string };

/** What a database does with the store's two statements, each of which is atomic there. */
function createDatabase(): { query(text: string, values: unknown[]): Promise<{ rows: Row[] }> } {
  const table = new Map<unknown, Map<string, string>>();
  return {
    async query(text, [userId, experimentId, variationId, replaces]) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const rows = table.get(userId) ?? new Map<string, string>();
      table.set(userId, rows);
      if (text.startsWith('SELECT')) {
        return { rows: [...rows].map(([experiment_id, variation_id]) => ({ experiment_id, variation_id })) };
      }
      const id = String(experimentId);
      if (!rows.has(id) || rows.get(id) === replaces) rows.set(id, String(variationId));
      return { rows: [{ experiment_id: id, variation_id: rows.get(id) ?? '' }] };
    },
  };
}

const database = createDatabase();

describeUserProfileStore('the SQL store of the guide', () => ({
  store: createSqlProfileStore(database),
  sibling: () => createSqlProfileStore(database),
}));

it('the guide shows the SQL store that is tried here', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  expect(read('../../../../docs/guides/your-own-profile-store.md')).toContain(read('./sql-profile-store.ts'));
});
