/** The findings of a check. */

/** From problems that break decisions to mere information. */
export const LEVELS = ['error', 'warning', 'info'] as const;

/** How serious a finding is. */
export type Level = (typeof LEVELS)[number];

/** One finding. */
export interface Finding {
  readonly code: string;
  /** Where in the document, such as `experiments[2].trafficAllocation`; `''` for the document. */
  readonly path: string;
  readonly message: string;
  readonly level: Level;
  /** What to do. */
  readonly hint: string;
}

/** Whether a level is at least as serious as another. */
export function reaches(level: Level, least: Level): boolean {
  return LEVELS.indexOf(level) <= LEVELS.indexOf(least);
}
