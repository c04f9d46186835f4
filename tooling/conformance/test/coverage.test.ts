import { expect, it } from 'vitest';
import { createOfficialSide } from '../src/official-side.ts';
import { scenarioSeed } from '../src/random.ts';
import { generateScenario } from '../src/scenario.ts';

/** Every reason the official SDK gives in decisions without a legacy call. */
const REASONS = [
  /^No flag was found for key "/,
  /^Variation \([\s\S]*\) is mapped to flag \([\s\S]*\), rule \(/,
  /^Variation \([\s\S]*\) is mapped to flag \([\s\S]*\) and user/,
  /^Invalid variation is mapped to flag \([\s\S]*\), rule \(/,
  /^Invalid variation is mapped to flag \([\s\S]*\) and user/,
  /^Holdout [\s\S]* is not running\.$/,
  /^User [\s\S]* does not meet conditions for holdout /,
  /^User [\s\S]* meets conditions for holdout /,
  /^User [\s\S]* is in variation [\s\S]* of holdout /,
  /^User [\s\S]* is in no holdout variation\.$/,
  /^Feature [\s\S]* is not attached to any experiments\.$/,
  /^Experiment [\s\S]* is not running\.$/,
  /^User [\s\S]* is forced in variation /,
  /^Variation key [\s\S]* is not in datafile\. Not activating user /,
  /^Returning previously activated variation "/,
  /^User [\s\S]* does not meet conditions to be in experiment /,
  /^User [\s\S]* is in no variation of experiment /,
  /^User [\s\S]* is in variation [\s\S]* of experiment /,
  /^Evaluating audiences for experiment "/,
  /^Evaluating audiences for rule "/,
  /^Audiences for [\s\S]* collectively evaluated to TRUE\.$/,
  /^Audiences for [\s\S]* collectively evaluated to FALSE\.$/,
  /^User [\s\S]* is not in any experiment of group /,
  /^User [\s\S]* is not in experiment [\s\S]* of group /,
  /^User [\s\S]* is in experiment [\s\S]* of group /,
  /^Assigned bucket \d+ to user with bucketing ID /,
  /^Bucketed into an invalid variation ID\. Returning null\.$/,
  /^CMAB is not supported in sync mode\.$/,
  /^Failed to fetch CMAB data for experiment /,
  /^There is no rollout of feature /,
  /^Invalid rollout ID /,
  /^Rollout of feature [\s\S]* has no experiments$/,
  /^User [\s\S]* does not meet conditions for targeting rule /,
  /^User [\s\S]* meets conditions for targeting rule /,
  /^User [\s\S]* not bucketed into targeting rule [\s\S]* due to traffic allocation\. Trying everyone rule\.$/,
  /^User [\s\S]* bucketed into targeting rule /,
  /^User [\s\S]* is in rollout of feature /,
  /^User [\s\S]* is not in rollout of feature /,
];

it('the generated cases reach every reason of the official SDK, and no other text appears', async () => {
  const counts = new Map(REASONS.map((reason) => [reason, 0]));
  const strangers = new Set<string>();
  for (let index = 0; index < 300; index += 1) {
    const scenario = generateScenario(scenarioSeed(3, index));
    const side = createOfficialSide(scenario);
    for (const call of scenario.calls) {
      for (const [, { reasons }] of (await side.observe(call)).decisions) {
        for (const text of reasons) {
          const reason = REASONS.find((candidate) => candidate.test(text));
          if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
          else strangers.add(text);
        }
      }
    }
  }
  expect([...strangers]).toEqual([]);
  expect([...counts].filter(([, count]) => count < 5).map(([reason, count]) => `${reason}: ${count}`)).toEqual([]);
}, 120_000);
