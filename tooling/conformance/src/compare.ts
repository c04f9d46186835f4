/** Runs scenarios through both sides and collects what differs outside the table of deviations. */

import { type Difference, findDifferences } from './difference.ts';
import type { Call } from './generate-calls.ts';
import { normalizeOfficial, normalizeOurs } from './normalize.ts';
import type { Side } from './observation.ts';
import { createOfficialSide } from './official-side.ts';
import { createOurSide } from './our-side.ts';
import { scenarioSeed } from './random.ts';
import { generateScenario, type Scenario } from './scenario.ts';

export type { Difference };

/** A call on which the two sides disagree. */
export interface Mismatch {
  readonly seed: number;
  /** Index of the call within the scenario. */
  readonly index: number;
  readonly differences: readonly Difference[];
}

/** What was compared. */
export interface Comparison {
  decisions: number;
  calls: number;
  scenarios: number;
  readonly mismatches: Mismatch[];
}

/** Compares scenario after scenario until that many decisions were compared. */
export async function compareScenarios(runSeed: number, decisions: number): Promise<Comparison> {
  const total: Comparison = { decisions: 0, calls: 0, scenarios: 0, mismatches: [] };
  for (let index = 0; total.decisions < decisions; index += 1)
    await compareScenario(scenarioSeed(runSeed, index), total);
  return total;
}

/** Compares the scenario of a seed. */
async function compareScenario(seed: number, total: Comparison): Promise<void> {
  const scenario = generateScenario(seed);
  const official = createOfficialSide(scenario);
  const ours = createOurSide(scenario);
  total.scenarios += 1;
  for (const [index, call] of scenario.calls.entries()) {
    const { differences, decisions } = await compareCall(scenario, official, ours, call);
    total.calls += 1;
    total.decisions += decisions;
    if (differences.length > 0) total.mismatches.push({ seed, index, differences });
  }
}

/** Compares one call; also says how many decisions the official SDK made. */
export async function compareCall(
  scenario: Scenario,
  official: Side,
  ours: Side,
  call: Call,
): Promise<{ differences: Difference[]; decisions: number }> {
  const expected = await official.observe(call);
  const actual = await ours.observe(call);
  const differences = findDifferences(
    normalizeOfficial(expected, scenario, call),
    normalizeOurs(actual, scenario, call),
  );
  return { differences, decisions: expected.decisions.length };
}
