/** Decides every flag for users, and compares what each rule serves with its configured traffic. */
import { decide, type ProjectConfig, type Rule } from '@sortition/core';
import { sampleRatio } from '@sortition/stats';
import { rulesOf, widthsOf } from '../check/rule-facts.ts';
import { eachWithProgress } from '../progress.ts';
import { type SimulatedUser, toSnapshot } from '../users/simulated-users.ts';
import { createUserSet, type UserSet } from './user-set.ts';

/** A variation of a rule, observed and configured. */
export interface VariationShare {
  readonly variationKey: string;
  /** Users whose bucket put them there. */
  readonly users: number;
  /** Users who got it otherwise: by an allow-list. */
  readonly listed: number;
  /** Of the users that the rule's split serves, 0 to 1. */
  readonly observed: number;
  /** Of the traffic that the split serves, 0 to 1. */
  readonly configured: number;
}

/** One rule of one flag. */
export interface RuleSplit {
  readonly flagKey: string;
  readonly ruleKey: string;
  readonly kind: 'experiment' | 'delivery' | 'holdout';
  /** Users it serves. */
  readonly users: number;
  /** Of all users, 0 to 1. */
  readonly share: number;
  readonly variations: readonly VariationShare[];
  readonly chiSquare: number;
  /** How probable a difference at least this large is when the split works. */
  readonly pValue: number;
  readonly ok: boolean;
}

/** Users who are in two experiments at a time. */
export interface Overlap {
  readonly experiments: readonly [string, string];
  readonly users: number;
  /** Of all users, 0 to 1. */
  readonly share: number;
}

/** What a simulation found. */
export interface Simulation {
  readonly users: number;
  readonly rules: readonly RuleSplit[];
  /** By number of users; experiments that exclude each other are not listed. */
  readonly overlaps: readonly Overlap[];
}

/** A false alarm in one of a thousand simulations, however many rules there are. */
const ALARM = 0.001;

interface Tally {
  readonly flagKey: string;
  readonly rule: Rule;
  readonly kind: RuleSplit['kind'];
  readonly bucketed: Map<string, number>;
  readonly listed: Map<string, number>;
}

/** Simulates. Skips the rules of contextual bandits, which need predictions. */
export async function simulate(config: ProjectConfig, users: readonly SimulatedUser[]): Promise<Simulation> {
  const tallies = new Map<string, Tally>();
  const members = new Map<string, UserSet>();
  let number = 0;
  const flagKeys = [...config.flags.keys()];
  for (const flagKey of flagKeys) {
    const { experiments, deliveries } = rulesOf(config, flagKey);
    for (const rule of experiments) if (rule.status === 'Running') tallyOf(tallies, flagKey, rule, 'experiment');
    for (const rule of deliveries) tallyOf(tallies, flagKey, rule, 'delivery');
  }
  await eachWithProgress('Simulating users', users, (simulated) => {
    const user = toSnapshot(simulated);
    for (const flagKey of flagKeys) {
      const { rule, variation, source, basis } = decide(config, user, flagKey);
      if (rule === null || variation === null) continue;
      const kind = source === 'holdout' ? 'holdout' : source === 'rollout' ? 'delivery' : 'experiment';
      const { bucketed, listed } = tallyOf(tallies, flagKey, rule, kind);
      const counts = basis === 'allow-list' ? listed : bucketed;
      counts.set(variation.id, (counts.get(variation.id) ?? 0) + 1);
      if (kind === 'experiment') membersOf(members, rule.key, users.length).add(number);
    }
    number += 1;
  });
  const alarmBelow = ALARM / Math.max(1, tallies.size);
  return {
    users: users.length,
    rules: [...tallies.values()].map((tally) => toSplit(tally, users.length, alarmBelow)),
    overlaps: await findOverlaps(members, users.length),
  };
}

/** Asks each pair once: asking each user for their pairs takes minutes where a user is in hundreds of experiments. */
async function findOverlaps(members: ReadonlyMap<string, UserSet>, users: number): Promise<readonly Overlap[]> {
  const sets = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  const overlaps: Overlap[] = [];
  let index = 0;
  await eachWithProgress('Comparing experiments', sets, ([first, set]) => {
    index += 1;
    for (const [second, other] of sets.slice(index)) {
      const shared = set.countShared(other);
      if (shared > 0) overlaps.push({ experiments: [first, second], users: shared, share: shared / users });
    }
  });
  return overlaps.sort((a, b) => b.users - a.users);
}

function membersOf(members: Map<string, UserSet>, ruleKey: string, users: number): UserSet {
  const known = members.get(ruleKey);
  if (known !== undefined) return known;
  const set = createUserSet(users);
  members.set(ruleKey, set);
  return set;
}

function tallyOf(tallies: Map<string, Tally>, flagKey: string, rule: Rule, kind: Tally['kind']): Tally {
  const name = `${flagKey}\n${rule.id}`;
  const known = tallies.get(name);
  if (known !== undefined) return known;
  const tally: Tally = { flagKey, rule, kind, bucketed: new Map(), listed: new Map() };
  tallies.set(name, tally);
  return tally;
}

function toSplit({ flagKey, rule, kind, bucketed, listed }: Tally, users: number, alarmBelow: number): RuleSplit {
  const widths = widthsOf(rule.trafficRanges);
  const own = rule.variations.filter(
    ({ id }, index) => rule.variations.findIndex((other) => other.id === id) === index,
  );
  const served = own.reduce((sum, { id }) => sum + (widths.get(id) ?? 0), 0);
  const total = sum(bucketed);
  const rows = own.map(({ id, key }): VariationShare => {
    const number = bucketed.get(id) ?? 0;
    return {
      variationKey: key,
      users: number,
      listed: listed.get(id) ?? 0,
      observed: total === 0 ? 0 : number / total,
      configured: served === 0 ? 0 : (widths.get(id) ?? 0) / served,
    };
  });
  const { chiSquare, pValue, ok } = sampleRatio(
    rows.map((row) => ({ observed: row.users, expected: row.configured })),
    { alarmBelow },
  );
  const all = total + sum(listed);
  return {
    flagKey,
    ruleKey: rule.key,
    kind,
    users: all,
    share: users === 0 ? 0 : all / users,
    variations: rows,
    chiSquare,
    pValue,
    ok,
  };
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, number) => total + number, 0);
}
