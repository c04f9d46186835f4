/**
 * Serve: from the variation a rule found, by an id that is looked up in the whole project, to the one the flag serves.
 */
import { type CompiledFlag, type CompiledRule, findFlagVariation } from '../compiled-config.ts';
import type { Assignment, Evaluation, Match, Unserved } from '../evaluation.ts';
import type { Variation } from '../project-config.ts';

/** What a match carries besides rule and variation. */
interface Found {
  readonly assignment?: Assignment | undefined;
  readonly cmabUuid?: string | undefined;
}

const NOTHING: Found = {};

/** Serves the rule's own variation of the same key, else the flag's. A key neither of them has serves nothing. */
export function serveVariation(
  { config }: Evaluation,
  flag: CompiledFlag,
  { rule, variations }: CompiledRule,
  { key }: Variation,
  { assignment, cmabUuid }: Found = NOTHING,
): Match | Unserved {
  const variation = variations.get(key) ?? findFlagVariation(config, flag, key);
  if (variation === undefined) return { unserved: true, assignment };
  return { rule, variation, source: 'feature-test', assignment, cmabUuid };
}
