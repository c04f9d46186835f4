/**
 * The table of known deviations from the official JavaScript SDK, and how the comparison takes each of them out of the
 * way: `avoided` ones are not generated, `normalised` ones are rewritten on one side. Nothing else is.
 */
import type { RuleJson } from './datafile-json.ts';
import type { Call } from './generate-calls.ts';
import type { Observation } from './observation.ts';
import type { Scenario } from './scenario.ts';

/** Rewrites what the official SDK showed where a row says that ours shows something else. */
export function normalizeOfficial(seen: Observation, scenario: Scenario, call: Call): Observation {
  return mapReasons(seen, (reasons) => reasons.map((text) => swapHoldout(nameBucketingId(text, call), scenario, call)));
}

/** Rewrites what ours showed where a row says that the official SDK shows less. */
export function normalizeOurs(seen: Observation, _scenario: Scenario, _call: Call): Observation {
  return mapReasons(seen, (reasons) => reasons.filter((text) => !INVALID_VARIABLE.test(text)));
}

/** D15. */
const INVALID_VARIABLE = /^Variable value for key "[\s\S]*" is invalid or wrong type\.$/;

/** D4: the official text shows the user id where it says bucketing id. */
function nameBucketingId(text: string, { userId, attributes }: Call): string {
  const bucketingId = attributes?.$opt_bucketing_id;
  if (typeof bucketingId !== 'string') return text;
  const [start, end] = text.split(` to user with bucketing ID ${userId}.`);
  return end === '' && start?.startsWith('Assigned bucket ')
    ? `${start} to user with bucketing ID ${bucketingId}.`
    : text;
}

/** D3: the official text has holdout and variation in each other's place. */
function swapHoldout(text: string, { datafile }: Scenario, { userId }: Call): string {
  if (!text.includes(' of holdout ')) return text;
  const holdouts = [datafile.holdouts ?? [], datafile.localHoldouts ?? []].flat() as RuleJson[];
  const variations = holdouts.flatMap((holdout) => holdout.variations);
  for (const holdout of holdouts) {
    for (const variation of variations) {
      if (text === `User ${userId} is in variation ${holdout.key} of holdout ${variation.key}.`) {
        return `User ${userId} is in variation ${variation.key} of holdout ${holdout.key}.`;
      }
    }
  }
  return text;
}

function mapReasons(seen: Observation, map: (reasons: readonly string[]) => string[]): Observation {
  return {
    ...seen,
    decisions: seen.decisions.map(([key, decision]) => [key, { ...decision, reasons: map(decision.reasons) }]),
    notifications: seen.notifications.map((payload) => {
      const { decisionInfo, ...rest } = payload as { decisionInfo: { reasons: string[] } };
      return { ...rest, decisionInfo: { ...decisionInfo, reasons: map(decisionInfo.reasons) } };
    }),
  };
}
