/** Collects what was skipped in a datafile, up to a bound, so that a broken document cannot flood its readers. */
import type { Problem } from '@sortition/core';
import { describe } from './read-json.ts';

/** Why an entity, or a part of one, was skipped. */
export type DatafileProblemCode =
  | 'invalid-section'
  | 'invalid-entity'
  | 'dangling-reference'
  | 'duplicate-key'
  | 'conditions-too-deep'
  | 'more-problems';

/** Where the readers of a datafile report. What they report and leave out is `undefined`, and so is every answer here. */
export interface ProblemList {
  /** @param message What was wrong and what was done instead. */
  add(code: DatafileProblemCode, message: string): undefined;
  /** @param outcome What was done, because the value is not what was expected. */
  expected(outcome: string, expected: string, value: unknown, code?: DatafileProblemCode): undefined;
  /** What was collected; past the bound one last entry says how many more there were. */
  all(): readonly Problem[];
}

const MAX_PROBLEMS = 200;

/** Creates an empty list. */
export function createProblemList(): ProblemList {
  const problems: Problem[] = [];
  let left = 0;
  const add = (code: DatafileProblemCode, message: string): undefined => {
    if (problems.length < MAX_PROBLEMS) problems.push({ code, part: 'datafile', message });
    else left += 1;
  };
  return {
    add,
    expected: (outcome, expected, value, code = 'invalid-entity') =>
      add(code, `${outcome}: expected ${expected}, got ${describe(value)}.`),
    all() {
      if (left === 0) return problems;
      const message = `${left} more problems were found in the datafile and are not listed.`;
      return [...problems, { code: 'more-problems', part: 'datafile', message }];
    },
  };
}
