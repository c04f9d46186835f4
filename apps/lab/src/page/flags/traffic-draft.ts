/**
 * A split while it is edited: how many users are in it, and which part of them each variation gets. The two are kept apart and
 * exact, so that moving one leaves the other as it was, however far it was moved in between.
 */
import type { TrafficRange } from '../lab/wire-datafile.ts';

/** Traffic is cut in this many buckets. */
const BUCKETS = 10_000;
/** What typed percents may miss 100 by: half of 0.01 %. */
const TOLERANCE = 0.005;

export interface TrafficDraft {
  /** Percent of all users. */
  readonly total: number;
  /** Percent of the users in the split; together 100. */
  readonly parts: readonly TrafficPart[];
}

export interface TrafficPart {
  readonly variationId: string;
  readonly percent: number;
}

/** The published split. One that lets nobody in has equal parts. */
export function readDraft(variationIds: readonly string[], traffic: readonly TrafficRange[]): TrafficDraft {
  const buckets = new Map(variationIds.map((id) => [id, 0]));
  let start = 0;
  for (const { entityId, endOfRange } of traffic) {
    const known = buckets.get(entityId);
    if (known !== undefined) buckets.set(entityId, known + Math.max(0, endOfRange - start));
    start = Math.max(start, endOfRange);
  }
  const total = [...buckets.values()].reduce((sum, size) => sum + size, 0);
  return {
    total: (total / BUCKETS) * 100,
    parts: variationIds.map((variationId) => ({
      variationId,
      percent: total === 0 ? 100 / variationIds.length : ((buckets.get(variationId) ?? 0) / total) * 100,
    })),
  };
}

export function withTotal(draft: TrafficDraft, total: number): TrafficDraft {
  return { ...draft, total: clamp(total) };
}

/** A typed part changes nothing else: the reader says every number. */
export function withPart({ total, parts }: TrafficDraft, variationId: string, percent: number): TrafficDraft {
  return { total, parts: parts.map((part) => (part.variationId === variationId ? { variationId, percent } : part)) };
}

/** A slid part is given or taken by the others, in the proportions they have in `published`. */
export function withSlidPart(
  { total, parts }: TrafficDraft,
  published: TrafficDraft,
  variationId: string,
  percent: number,
): TrafficDraft {
  const slid = clamp(percent);
  const weightOf = (id: string) => published.parts.find((part) => part.variationId === id)?.percent ?? 0;
  const others = parts.filter((part) => part.variationId !== variationId);
  const sum = others.reduce((weights, part) => weights + weightOf(part.variationId), 0);
  return {
    total,
    parts: parts.map((part) => {
      if (part.variationId === variationId) return { variationId, percent: slid };
      const weight = sum === 0 ? 1 / others.length : weightOf(part.variationId) / sum;
      return { variationId: part.variationId, percent: (100 - slid) * weight };
    }),
  };
}

/** Why the draft cannot be applied; `null` when it can. */
export function draftProblem({ total, parts }: TrafficDraft): string | null {
  const numbers = [total, ...parts.map(({ percent }) => percent)];
  if (numbers.some((percent) => !(percent >= 0 && percent <= 100))) return 'Percents are numbers from 0 to 100.';
  const sum = parts.reduce((all, { percent }) => all + percent, 0);
  if (Math.abs(sum - 100) <= TOLERANCE * parts.length) return null;
  return `The parts are ${formatPercent(sum)} % together; they must be 100 %.`;
}

/** Variation id to percent of all users. */
export function toShares({ total, parts }: TrafficDraft): Record<string, number> {
  const sum = parts.reduce((all, { percent }) => all + percent, 0);
  return Object.fromEntries(parts.map(({ variationId, percent }) => [variationId, (total * percent) / sum]));
}

export function isSameDraft(one: TrafficDraft, other: TrafficDraft): boolean {
  const [a, b] = [toShares(one), toShares(other)];
  return Object.keys(a).every((id) => Math.abs((a[id] ?? 0) - (b[id] ?? 0)) < TOLERANCE);
}

/** Two decimals, as many as a bucket has, and none that say nothing. */
export function formatPercent(percent: number): string {
  return String(Number(percent.toFixed(2)));
}

function clamp(percent: number): number {
  return Math.min(Math.max(percent, 0), 100);
}
