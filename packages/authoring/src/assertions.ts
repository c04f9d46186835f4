/**
 * Assertions about flags, in the same file or in a `*.flags.test.ts`. They are data; `sortition build` checks them with
 * the built datafile, before it writes anything.
 */
import { checkRecord } from './checked-record.ts';
import type { AudienceDefinition, FlagDefinition } from './definitions.ts';

/** A user of an assertion. */
export interface TestedUser {
  /** `user-1` by default. */
  readonly userId?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean | null>>;
  readonly segments?: readonly string[];
}

/** A user gets a variation. */
export interface VariationAssertion {
  readonly kind: 'assertion';
  readonly asserts: 'variation';
  readonly flagKey: string;
  /** `null`: no rule serves the user. */
  readonly variationKey: string | null;
  readonly user: TestedUser;
}

/** Users are split as the rule says. */
export interface SplitAssertion {
  readonly kind: 'assertion';
  readonly asserts: 'split';
  readonly flagKey: string;
  readonly ruleKey: string;
  /** Number of ids. */
  readonly users: number;
  readonly user: TestedUser;
}

/** Every condition of an audience holds for one of the users and not for another; every rule of a flag serves one. */
export interface BranchAssertion {
  readonly kind: 'assertion';
  readonly asserts: 'branches';
  readonly subject: AudienceDefinition | FlagDefinition;
  readonly users: readonly TestedUser[];
}

/** An assertion about a build. */
export type Assertion = VariationAssertion | SplitAssertion | BranchAssertion;

/**
 * Asserts that a user gets a variation.
 *
 * @param variationKey `null` when no rule may serve the user.
 * @example
 * export const goldPaysOnOnePage = expectVariation(checkout, 'one_page', { userId: 'ada', attributes: { plan: 'gold' } });
 */
export function expectVariation<V extends string>(
  flag: FlagDefinition<string, object, V>,
  variationKey: NoInfer<V> | null,
  user: TestedUser = {},
): VariationAssertion {
  checkRecord(user, 'The user', '{ userId?, attributes?, segments? }');
  return { kind: 'assertion', asserts: 'variation', flagKey: keyOf(flag), variationKey, user };
}

/**
 * Asserts that a rule splits generated ids as configured, by a chi-square test.
 *
 * @param options.users How many ids; 10,000 by default.
 * @param options.user Attributes and segments that all of them have, so that they are in the audience.
 */
export function expectSplit(
  flag: FlagDefinition<string, object, string>,
  ruleKey: string,
  options: { readonly users?: number; readonly user?: TestedUser } = {},
): SplitAssertion {
  const { users = 10_000, user = {} } = checkRecord(options, 'The third argument of expectSplit', '{ users?, user? }');
  return { kind: 'assertion', asserts: 'split', flagKey: keyOf(flag), ruleKey, users, user };
}

function keyOf(flag: FlagDefinition<string, object, string>): string {
  return checkRecord(flag, 'The flag', 'what flag() returns').key;
}

/**
 * Asserts that users reach every branch: each single condition of an audience holds for one of them and not for another, and
 * each rule of a flag serves one of them.
 */
export function expectEveryBranch(
  subject: AudienceDefinition | FlagDefinition<string, object, string>,
  users: readonly TestedUser[],
): BranchAssertion {
  checkRecord(subject, 'The subject of expectEveryBranch', 'an audience or a flag');
  return { kind: 'assertion', asserts: 'branches', subject: subject as BranchAssertion['subject'], users };
}
