/** Reasons as the official SDK words them, where ours corrects a text. */
import { formatReason, type Reason } from '@sortition/core';

/** @param userId Whom the decision is for. */
export function toOfficialTexts(reasons: readonly Reason[], userId: string): string[] {
  return reasons.map((reason) => formatReason(asOfficial(reason, userId)));
}

/** The official texts show the user id in place of the bucketing id, and a holdout and its variation in each other's place. */
function asOfficial(reason: Reason, userId: string): Reason {
  if (reason.code === 'bucket-assigned') return { ...reason, bucketingId: userId };
  if (reason.code !== 'holdout-variation') return reason;
  return { ...reason, ruleKey: reason.variationKey, variationKey: reason.ruleKey };
}
