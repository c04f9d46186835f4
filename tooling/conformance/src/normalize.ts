/** Takes the normalised rows of the deviation table out of the way: one of the two observations is rewritten. */
import type { RuleJson } from './datafile-json.ts';
import type { Call } from './generate-calls.ts';
import type { Observation } from './observation.ts';
import type { Scenario } from './scenario.ts';

/** Rewrites what the official SDK showed where a row says that ours shows something else. */
export function normalizeOfficial(seen: Observation, scenario: Scenario, call: Call): Observation {
  return mapSeen(
    withoutOverwriting(seen, call),
    (reasons) => reasons.map((text) => swapHoldout(nameBucketingId(text, call), scenario, call)),
    withoutBucketMap,
  );
}

/** Rewrites what ours showed where a row says that the official SDK shows less. */
export function normalizeOurs(seen: Observation, scenario: Scenario, call: Call): Observation {
  return mapSeen(
    withoutSecondLook(seen, scenario, call),
    (reasons) => reasons.filter((text) => !INVALID_VARIABLE.test(text) && !LOOKUP_FAILED.test(text)),
    (attributes) => attributes,
  );
}

/** Row D15. */
const INVALID_VARIABLE = /^Variable value for key "[\s\S]*" is invalid or wrong type\.$/;

/** Row second-lookup: an asynchronous store may be read again before a save. */
function withoutSecondLook(seen: Observation, { profiles }: Scenario, { profile }: Call): Observation {
  const mayRead = profiles === 'async' && (seen.saves.length > 0 || profile === 'throws');
  return mayRead ? { ...seen, lookups: Math.min(seen.lookups, 1) } : seen;
}

/** Row unread-profile: a profile that could not be read is not overwritten. */
function withoutOverwriting(seen: Observation, { profile }: Call): Observation {
  return profile === 'throws' ? { ...seen, saves: [] } : seen;
}

/** Row lookup-reason: a failing lookup is a reason. */
const LOOKUP_FAILED = /^Error while looking up user profile for user ID "/;

/** Row bucket-map-attribute: the map is read into assignments and is not an attribute of ours. */
function withoutBucketMap(attributes: Attributes): Attributes {
  if (!Object.hasOwn(attributes, '$opt_experiment_bucket_map')) return attributes;
  const { $opt_experiment_bucket_map: _, ...rest } = attributes;
  return rest;
}

/** Row D4: the official text shows the user id where it says bucketing id. */
function nameBucketingId(text: string, { userId, attributes }: Call): string {
  const bucketingId = attributes?.$opt_bucketing_id;
  if (typeof bucketingId !== 'string') return text;
  const [start, end] = text.split(` to user with bucketing ID ${userId}.`);
  return end === '' && start?.startsWith('Assigned bucket ')
    ? `${start} to user with bucketing ID ${bucketingId}.`
    : text;
}

/** Row D3: the official text has holdout and variation in each other's place. */
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

type Attributes = Record<string, unknown>;

function mapSeen(
  seen: Observation,
  mapReasons: (reasons: readonly string[]) => readonly string[],
  mapAttributes: (attributes: Attributes) => Attributes,
): Observation {
  return {
    ...seen,
    decisions: inKeyOrder(seen.decisions).map(([key, decision]) => {
      const { reasons, userContext } = decision;
      const user = { ...userContext, attributes: mapAttributes(userContext.attributes) };
      return [key, { ...decision, reasons: mapReasons(reasons), userContext: user }];
    }),
    notifications: seen.notifications.map((payload) => {
      const { decisionInfo, attributes, ...rest } = payload as Notification;
      const info = { ...decisionInfo, reasons: mapReasons(decisionInfo.reasons) };
      return { ...rest, attributes: mapAttributes(attributes), decisionInfo: info };
    }),
  };
}

/** Row answer-order: the official record has unknown flags first; ours has the order of the question. */
function inKeyOrder(decisions: Observation['decisions']): Observation['decisions'] {
  return [...decisions].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

interface Notification {
  readonly attributes: Attributes;
  readonly decisionInfo: { readonly reasons: readonly string[] };
}
