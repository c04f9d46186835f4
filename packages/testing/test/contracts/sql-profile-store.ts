import type { UserProfileStore, Winners } from 'sortition';

/** What the store needs of a driver; a `Pool` of the package `pg` has it. */
interface Database {
  query(text: string, values: unknown[]): Promise<{ rows: { experiment_id: string; variation_id: string }[] }>;
}

const READ = 'SELECT experiment_id, variation_id FROM assignments WHERE user_id = $1';
const WRITE = `INSERT INTO assignments (user_id, experiment_id, variation_id) VALUES ($1, $2, $3)
  ON CONFLICT (user_id, experiment_id) DO UPDATE SET variation_id =
    CASE WHEN assignments.variation_id = $4 THEN excluded.variation_id ELSE assignments.variation_id END
  RETURNING experiment_id, variation_id`;

export function createSqlProfileStore(database: Database): UserProfileStore {
  return {
    sync: false,
    async lookup(userId) {
      const { rows } = await database.query(READ, [userId]);
      const entries = rows.map((row) => [row.experiment_id, { variation_id: row.variation_id }]);
      return rows.length === 0 ? null : { user_id: userId, experiment_bucket_map: Object.fromEntries(entries) };
    },
    async assign(userId, assignments): Promise<Winners> {
      const stored = Object.entries(assignments).map(async ([experimentId, { variationId, replaces = null }]) => {
        const { rows } = await database.query(WRITE, [userId, experimentId, variationId, replaces]);
        return [experimentId, rows[0]?.variation_id ?? variationId];
      });
      return Object.fromEntries(await Promise.all(stored));
    },
  };
}
