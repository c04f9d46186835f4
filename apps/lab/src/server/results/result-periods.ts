/** The periods an experiment has results for, and the one that is asked for. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ResultPeriod } from '../../api/experiment-results.ts';
import type { ResultQuestion } from './result-question.ts';

/** A period with what its figures need. */
export interface ChosenPeriod extends ResultPeriod {
  /** Variation id to its share of the traffic that the period allocates, 0 to 1. */
  readonly shares: Readonly<Record<string, number>>;
  /** The first revision after it. */
  readonly next: number;
}

/** The newest 100 periods, newest first; nothing is chosen when the period that is asked for does not exist. */
export async function readPeriods(
  connection: DuckDBConnection,
  { rule, period }: ResultQuestion,
): Promise<{ periods: readonly ResultPeriod[]; chosen: ChosenPeriod | undefined }> {
  const result = await connection.runAndReadAll(
    `SELECT first_revision::DOUBLE AS first, started_at::DOUBLE AS "startedAt", shares,
      lead(first_revision) OVER (ORDER BY first_revision)::DOUBLE AS next,
      lead(started_at) OVER (ORDER BY first_revision)::DOUBLE AS "endedAt"
    FROM periods WHERE rule_id = $rule ORDER BY first_revision DESC LIMIT 100`,
    { rule: rule.id },
  );
  const rows = result.getRowObjectsJS() as unknown as {
    first: number;
    startedAt: number;
    endedAt: number | null;
    next: number | null;
    shares: string;
  }[];
  const all = rows.map(({ first, startedAt, endedAt, next, shares }) => ({
    firstRevision: String(first),
    startedAt,
    endedAt,
    shares: JSON.parse(shares) as Record<string, number>,
    next: next ?? Number.MAX_SAFE_INTEGER,
  }));
  return {
    periods: all.map(({ firstRevision, startedAt, endedAt }) => ({ firstRevision, startedAt, endedAt })),
    chosen: period === undefined ? all[0] : all.find(({ firstRevision }) => firstRevision === period),
  };
}
