/**
 * Periods of an experiment: as long as its split, audience and variations stay the same, results may be added up. A change
 * starts a new period, but for one: more traffic with the same split, which moves no user, goes on.
 */
import { listExperiments, type ShopDatafile, type ShopRule, sharesOf } from '@sortition/emulator/shop-datafile';
import type { EventDatabase } from './event-database.ts';

/** Notes the periods that begin with a version. To be called with every version, in their order. */
export interface PeriodRecorder {
  record(document: ShopDatafile, publishedAt: number): Promise<void>;
}

/** Creates the recorder, which goes on from what is in the database. */
export async function createPeriodRecorder({ configure, read }: EventDatabase): Promise<PeriodRecorder> {
  const rows = await read(async (connection) => {
    const newest = await connection.runAndReadAll(
      'SELECT rule_id, arg_max(configuration, first_revision) FROM periods GROUP BY rule_id',
    );
    return newest.getRows();
  });
  const known = new Map(rows.map(([ruleId, configuration]) => [String(ruleId), String(configuration)]));
  return {
    async record(document, publishedAt) {
      const audiences = readAudiences(document);
      const changed = listExperiments(document)
        .map((rule) => ({ rule, configuration: configurationOf(rule, document, audiences) }))
        .filter(({ rule, configuration }) => !isSame(known.get(rule.id), configuration));
      if (changed.length === 0) return;
      await configure(async (connection) => {
        const appender = await connection.createAppender('periods');
        for (const { rule, configuration } of changed) {
          appender.appendVarchar(rule.id);
          appender.appendBigInt(BigInt(document.revision));
          appender.appendBigInt(BigInt(publishedAt));
          appender.appendVarchar(configuration);
          appender.appendVarchar(JSON.stringify(Object.fromEntries(sharesOf(rule.trafficAllocation))));
          appender.endRow();
          known.set(rule.id, configuration);
        }
        appender.closeSync();
      });
    },
  };
}

interface Configuration {
  /** Variation id to its share of the traffic that is allocated, to 0.01 %. */
  readonly split: Readonly<Record<string, number>>;
  readonly ranges: ShopRule['trafficAllocation'];
  readonly rest: unknown;
}

/** Ranges that only grew, with the same split, are the same to an experiment. */
function isSame(before: string | undefined, after: string): boolean {
  if (before === undefined || before === after) return before === after;
  const [old, now] = [JSON.parse(before) as Configuration, JSON.parse(after) as Configuration];
  const sameRest = JSON.stringify([old.split, old.rest]) === JSON.stringify([now.split, now.rest]);
  return sameRest && keepsEveryUser(old.ranges, now.ranges);
}

function keepsEveryUser(before: Configuration['ranges'], after: Configuration['ranges']): boolean {
  const ends = [...new Set([...before, ...after].map(({ endOfRange }) => endOfRange))].sort((a, b) => a - b);
  return ends.every((end) => {
    const owner = ownerOf(before, end - 1);
    return owner === '' || owner === ownerOf(after, end - 1);
  });
}

function ownerOf(ranges: Configuration['ranges'], bucket: number): string {
  return ranges.find(({ endOfRange }) => endOfRange > bucket)?.entityId ?? '';
}

function configurationOf(rule: ShopRule, document: ShopDatafile, audiences: ReadonlyMap<string, unknown>): string {
  const { trafficAllocation, variations, audienceConditions, audienceIds } = rule as ShopRule & {
    readonly audienceConditions?: unknown;
    readonly audienceIds?: unknown;
  };
  const group = document.groups.find(({ experiments }) => experiments.some(({ id }) => id === rule.id));
  const shares = [...sharesOf(trafficAllocation)].map(([id, share]) => [id, Math.round(share * 10_000)] as const);
  const configuration: Configuration = {
    split: Object.fromEntries(shares.sort(([a], [b]) => (a < b ? -1 : 1))),
    ranges: trafficAllocation,
    rest: {
      audience: resolve(audienceConditions ?? audienceIds ?? [], audiences),
      variations: [...variations].sort((a, b) => (a.id < b.id ? -1 : 1)),
      group: group?.trafficAllocation ?? null,
    },
  };
  return JSON.stringify(configuration);
}

/** Audience ids become what they mean, so that a changed audience is a changed rule. */
function resolve(tree: unknown, audiences: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(tree)) return tree.map((node) => resolve(node, audiences));
  return typeof tree === 'string' ? (audiences.get(tree) ?? tree) : tree;
}

function readAudiences(document: ShopDatafile): ReadonlyMap<string, unknown> {
  const { audiences = [], typedAudiences } = document as ShopDatafile & { audiences?: ShopDatafile['typedAudiences'] };
  return new Map([...audiences, ...typedAudiences].map(({ id, conditions }) => [id, conditions]));
}
