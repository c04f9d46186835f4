/** Explanations: the steps of one evaluation, as data to draw or to read. */
import type { DecisionSource, DecisionStatus } from './decision-outcome.ts';
import type { Reason } from './reasons.ts';

/** How a decision came about, step by step. */
export interface Explanation {
  readonly flagKey: string;
  readonly userId: string;
  /** Revision of the config that was asked; `null` before there is one. */
  readonly revision: string | null;
  readonly status: DecisionStatus | 'not-ready' | 'evaluation-failed';
  readonly ruleKey: string | null;
  readonly variationKey: string | null;
  readonly source: DecisionSource;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  /** In the order they were taken. */
  readonly steps: readonly Reason[];
}
