/**
 * Finds a user who is bucketed into a variation, so that a test can use the real traffic split instead of forcing a
 * decision.
 */
import { createUserSnapshot, decide, type ProjectConfig } from '@sortition/core';
import type { Attributes } from 'sortition';

/** Enough to find the smallest share of traffic, 0.01 %, in all but one of 400 million searches. */
const MAX_CANDIDATES = 200_000;

/**
 * Returns a user id for which `flagKey` is decided as `variationKey`, the same id on every call; `null` when none of
 * 200,000 ids, and no user on an allow-list, gets there.
 *
 * The search costs a fraction of a second at most. Stored assignments and segments play no part in it.
 *
 * @param config For example `createStaticConfig({ datafile }).current()`.
 * @param attributes Attributes of the user, for audiences.
 * @example
 * const userId = findUserIn(config, 'checkout', 'one_page', { plan: 'pro' });
 */
export function findUserIn(
  config: ProjectConfig,
  flagKey: string,
  variationKey: string,
  attributes: Attributes = {},
): string | null {
  if (!config.flags.has(flagKey)) return null;
  for (const userId of candidates(config, flagKey)) {
    const user = createUserSnapshot(userId, attributes);
    if (decide(config, user, flagKey).variation?.key === variationKey) return userId;
  }
  return null;
}

/** Generated ids first, because a user on an allow-list is a real person. */
function* candidates(config: ProjectConfig, flagKey: string): Generator<string> {
  for (let index = 1; index <= MAX_CANDIDATES; index += 1) yield `user-${index}`;
  for (const id of config.flags.get(flagKey)?.experimentIds ?? []) yield* config.rules.get(id)?.allowList?.keys() ?? [];
}
