/** Charts that put the split a datafile asks for beside the one a crowd got. */
import { listExperiments, type ShopDatafile, type ShopRule, sharesOf } from '@sortition/emulator/shop-datafile';
import type { CrowdCounts } from './crowd.ts';

/** One rule; shares are of the users the rule answered for, from 0 to 1. */
export interface SplitChart {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly configured: number; readonly observed: number }[];
}

const ALL_TRAFFIC = 10_000;

/** Builds a chart for every running experiment with a split, for the exclusion groups and for the holdouts. */
export function splitCharts(datafile: ShopDatafile, counts: CrowdCounts): readonly SplitChart[] {
  const running = listExperiments(datafile).filter(({ status, cmab }) => status === 'Running' && cmab === undefined);
  return [
    ...running.map((rule) => experimentChart(rule, counts)),
    ...datafile.groups.map((group) => groupChart(group, counts)),
    ...datafile.holdouts.map((holdout) => holdoutChart(holdout, counts)),
  ];
}

/** The largest distance between what was asked for and what came, in percentage points. */
export function largestDifference(charts: readonly SplitChart[]): number {
  const differences = charts.flatMap(({ rows }) => rows.map((row) => Math.abs(row.configured - row.observed)));
  return 100 * Math.max(...differences);
}

function experimentChart(rule: ShopRule, counts: CrowdCounts): SplitChart {
  const observed = counts.byRule.get(rule.key);
  const users = usersOf(rule, counts);
  const rows = [...sharesOf(rule.trafficAllocation)].map(([variationId, configured]) => {
    const name = rule.variations.find(({ id }) => id === variationId)?.key ?? 'nothing';
    return { name, configured, observed: (observed?.get(name) ?? 0) / users };
  });
  return { title: `experiment ${rule.key}, ${formatUsers(users)}`, rows };
}

function groupChart(group: ShopDatafile['groups'][number], counts: CrowdCounts): SplitChart {
  const users = group.experiments.reduce((sum, rule) => sum + usersOf(rule, counts), 0);
  const shares = sharesOf(group.trafficAllocation);
  const rows = group.experiments.map((rule) => ({
    name: rule.key,
    configured: shares.get(rule.id) ?? 0,
    observed: usersOf(rule, counts) / users,
  }));
  return { title: `exclusion group ${group.id}, ${formatUsers(users)}`, rows };
}

function holdoutChart(holdout: ShopRule, counts: CrowdCounts): SplitChart {
  const configured = (holdout.trafficAllocation.at(-1)?.endOfRange ?? 0) / ALL_TRAFFIC;
  const observed = usersOf(holdout, counts) / counts.users;
  return {
    title: `holdout ${holdout.key}, ${formatUsers(counts.users)}`,
    rows: [
      { name: 'held out', configured, observed },
      { name: 'let in', configured: 1 - configured, observed: 1 - observed },
    ],
  };
}

function usersOf(rule: ShopRule, counts: CrowdCounts): number {
  return [...(counts.byRule.get(rule.key)?.values() ?? [])].reduce((sum, users) => sum + users, 0);
}

function formatUsers(users: number): string {
  return `${users.toLocaleString('en-US')} customers`;
}
