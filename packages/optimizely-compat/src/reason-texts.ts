/** Reasons with the texts of the official SDK, where the texts of Sortition differ because they correct a mistake. */
import { formatReason, type Reason } from '@sortition/core';

/** @param userId The user of the decision. */
export function toOfficialTexts(reasons: readonly Reason[], userId: string): string[] {
  return reasons.map((reason) => formatReason(asOfficial(reason, userId)));
}

/** The official texts show the user id in place of the bucketing id, and swap a holdout and its variation. */
function asOfficial(reason: Reason, userId: string): Reason {
  if (reason.code === 'bucket-assigned') return { ...reason, bucketingId: userId };
  if (reason.code !== 'holdout-variation') return reason;
  return { ...reason, ruleKey: reason.variationKey, variationKey: reason.ruleKey };
}
