/**
 * Reasons as text. The templates are those of the official JavaScript SDK, so that logs and alerts built on them keep
 * working.
 */
import { toJsonText } from './json-text.ts';
import type { JsonValue } from './project-config.ts';
import type { ForcedDecisionFacts, Reason } from './reasons.ts';

/** Longer conditions are cut. */
const MAX_CONDITIONS_LENGTH = 100_000;

/** Returns the text of a reason. */
export function formatReason(reason: Reason): string {
  switch (reason.code) {
    case 'sdk-not-ready':
      return 'Optimizely SDK not configured properly yet.';
    case 'flag-not-found':
      return `No flag was found for key "${reason.flagKey}".`;
    case 'experiment-not-found':
      return `Experiment key ${reason.ruleKey} is not in datafile.`;
    case 'evaluation-failed':
      return `Evaluating flag "${reason.flagKey}" failed: ${reason.message}.`;
    case 'forced-decision':
      return `Variation (${reason.variationKey}) is mapped to ${forcedTarget(reason)} in the forced decision map.`;
    case 'forced-decision-invalid':
      return `Invalid variation is mapped to ${forcedTarget(reason)} in the forced decision map.`;
    case 'holdout-not-running':
      return `Holdout ${reason.ruleKey} is not running.`;
    case 'holdout-audience-met':
      return `User ${reason.userId} meets conditions for holdout ${reason.ruleKey}.`;
    case 'holdout-audience-not-met':
      return `User ${reason.userId} does not meet conditions for holdout ${reason.ruleKey}.`;
    case 'holdout-no-variation':
      return `User ${reason.userId} is in no holdout variation.`;
    case 'holdout-variation':
      return `User ${reason.userId} is in variation ${reason.variationKey} of holdout ${reason.ruleKey}.`;
    case 'no-experiments':
      return `Feature ${reason.flagKey} is not attached to any experiments.`;
    case 'experiment-not-running':
      return `Experiment ${reason.ruleKey} is not running.`;
    case 'forced-variation':
      return `Variation ${reason.variationKey} is mapped to experiment ${reason.ruleKey} and user ${reason.userId} in the forced variation map.`;
    case 'allow-listed':
      return `User ${reason.userId} is forced in variation ${reason.variationKey}.`;
    case 'allow-list-invalid':
      return `Variation key ${reason.variationKey} is not in datafile. Not activating user ${reason.userId}.`;
    case 'sticky':
      return `Returning previously activated variation "${reason.variationKey}" of experiment "${reason.ruleKey}" for user "${reason.userId}" from user profile.`;
    case 'sticky-invalid':
      return `User ${reason.userId} was previously bucketed into variation with ID ${reason.variationId} for experiment ${reason.ruleKey}, but no matching variation was found.`;
    case 'audiences-evaluating':
      return `Evaluating audiences for ${reason.scope} "${reason.name}": ${conditionsText(reason.conditions)}.`;
    case 'audiences-evaluated':
      return `Audiences for ${reason.scope} ${reason.name} collectively evaluated to ${reason.verdict ? 'TRUE' : 'FALSE'}.`;
    case 'experiment-audience-not-met':
      return `User ${reason.userId} does not meet conditions to be in experiment ${reason.ruleKey}.`;
    case 'experiment-no-variation':
      return `User ${reason.userId} is in no variation of experiment ${reason.ruleKey}.`;
    case 'experiment-variation':
      return `User ${reason.userId} is in variation ${reason.variationKey} of experiment ${reason.ruleKey}.`;
    case 'group-none':
      return `User ${reason.userId} is not in any experiment of group ${reason.groupId}.`;
    case 'group-other':
      return `User ${reason.userId} is not in experiment ${reason.ruleKey} of group ${reason.groupId}.`;
    case 'group-entered':
      return `User ${reason.userId} is in experiment ${reason.ruleKey} of group ${reason.groupId}.`;
    case 'bucket-assigned':
      return `Assigned bucket ${reason.bucket} to user with bucketing ID ${reason.bucketingId}.`;
    case 'bucket-invalid-variation':
      return 'Bucketed into an invalid variation ID. Returning null.';
    case 'cmab-unsupported':
      return 'CMAB is not supported in sync mode.';
    case 'cmab-failed':
      return `Failed to fetch CMAB data for experiment ${reason.ruleKey}.`;
    case 'rollout-missing':
      return `There is no rollout of feature ${reason.flagKey}.`;
    case 'rollout-unknown':
      return `Invalid rollout ID ${reason.rolloutId} attached to feature ${reason.flagKey}`;
    case 'rollout-empty':
      return `Rollout of feature ${reason.rolloutId} has no experiments`;
    case 'delivery-audience-met':
      return `User ${reason.userId} meets conditions for targeting rule ${reason.name}.`;
    case 'delivery-audience-not-met':
      return `User ${reason.userId} does not meet conditions for targeting rule ${reason.name}.`;
    case 'delivery-bucketed':
      return `User ${reason.userId} bucketed into targeting rule ${reason.name}.`;
    case 'delivery-not-bucketed':
      return `User ${reason.userId} not bucketed into targeting rule ${reason.name} due to traffic allocation. Trying everyone rule.`;
    case 'rollout-hit':
      return `User ${reason.userId} is in rollout of feature ${reason.flagKey}.`;
    case 'rollout-miss':
      return `User ${reason.userId} is not in rollout of feature ${reason.flagKey}.`;
    case 'variable-invalid':
      return `Variable value for key "${reason.variableKey}" is invalid or wrong type.`;
    case 'profile-lookup-failed':
      return `Error while looking up user profile for user ID "${reason.userId}": ${reason.message}.`;
    case 'profile-save-failed':
      return `Error while saving user profile for user ID "${reason.userId}": ${reason.message}.`;
    case 'details-omitted':
      return 'The explanation is too long to show every condition.';
    case 'profile-not-loaded':
      return `The user profile store is asynchronous and the profile of user "${reason.userId}" was not loaded; decided without it.`;
  }
}

/** Conditions are part of a config, which does not change, so each text is written once. */
const conditionsTexts = new WeakMap<object, string>();

/** Conditions that are nested too deeply to be evaluated are described instead of shown. */
function conditionsText(conditions: JsonValue | undefined): string {
  if (conditions === undefined) return 'undefined';
  // A value that is not an object cannot be a key of a WeakMap, and its text is short.
  const owner = Object(conditions);
  const text =
    conditionsTexts.get(owner) ??
    toJsonText(conditions, MAX_CONDITIONS_LENGTH) ??
    'conditions nested too deeply to show';
  conditionsTexts.set(owner, text);
  return text;
}

function forcedTarget(reason: ForcedDecisionFacts): string {
  const rule = reason.ruleKey === null ? '' : `, rule (${reason.ruleKey})`;
  return `flag (${reason.flagKey})${rule} and user (${reason.userId})`;
}
