/**
 * Serve: from the variation a rule found, by an id that is looked up in the whole project, to the one the flag serves.
 */
import { type CompiledFlag, type CompiledRule, findFlagVariation, findOwnVariation } from '../compiled-config.ts';
import type { Assignment, DecisionBasis, DecisionOutcome, Unserved } from '../decision-outcome.ts';
import type { Evaluation } from '../evaluation.ts';
import { outcomeOf } from '../outcomes.ts';
import type { Variation } from '../project-config.ts';

/**
 * Serves the rule's own variation of the same key, else the flag's. A key neither of them has serves nothing; an experiment
 * that was asked by its own key serves what was found.
 */
export function serveVariation(
  { compiled }: Evaluation,
  flag: CompiledFlag,
  { rule }: CompiledRule,
  found: Variation,
  basis: DecisionBasis,
  assignment: Assignment | null = null,
): DecisionOutcome | Unserved {
  const variation =
    findOwnVariation(rule, found.key) ??
    (flag.source === 'experiment' ? found : findFlagVariation(compiled, flag, found.key));
  if (variation === undefined) return { unserved: true, assignment };
  const outcome = outcomeOf(flag, variation, rule, flag.source, basis);
  return assignment === null ? outcome : { ...outcome, assignment };
}
