/** One prediction from the service: the documented request and response, one retry, and one deadline over both. */
import type { CmabPrediction, CmabRequest } from '@sortition/core';
import { SdkError } from '@sortition/core/errors';
import { isRetryable, parseJson, request, retry, statusError, withDeadline } from '@sortition/http';
import type { CmabSourceSettings } from './cmab-source-options.ts';

const MAX_ANSWER_BYTES = 65_536;
/** One retry after a short wait, because a page is waiting. */
const RETRY = { retries: 1, baseMs: 100, capMs: 100 };

/** Fetches a prediction; rejects with `SdkError` `request-failed`, `timeout`, `aborted` or `invalid-response`. */
export async function requestPrediction(
  settings: CmabSourceSettings,
  { userId, ruleId, attributes }: CmabRequest,
  cmabUuid: string,
  signal: AbortSignal,
): Promise<NonNullable<CmabPrediction>> {
  const { endpointTemplate, timeoutMs, fetch } = settings;
  if (ruleId === '.' || ruleId === '..') throw unusableRuleId(ruleId);
  const instance = {
    visitorId: userId,
    experimentId: ruleId,
    attributes: [...attributes].map(([id, value]) => ({ id, value: value ?? null, type: 'custom_attribute' })),
    cmabUUID: cmabUuid,
  };
  const body = JSON.stringify({ instances: [instance] });
  const url = endpointTemplate.replace('%s', () => encodeURIComponent(ruleId));
  return withDeadline({ timeoutMs, signal, what: 'A prediction' }, (within) =>
    retry({ ...RETRY, maxRetryAfterMs: timeoutMs }, { signal: within, shouldRetry: isRetryable }, async () => {
      const response = await request({
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
        signal: within,
        fetch,
      });
      if (response.status < 200 || response.status > 299) throw statusError(response, 'The request for a prediction');
      return { variationId: readVariationId(response.text), cmabUuid };
    }),
  );
}

/**
 * The error for the ids `.` and `..`, which are path segments in any encoding: the request would go to another path.
 */
function unusableRuleId(ruleId: string): SdkError {
  return new SdkError(
    'request-failed',
    `The rule id "${ruleId}" is not usable in a URL; expected an id such as "12345".`,
  );
}

function readVariationId(text: string): string {
  const answer = parseJson(text, 'The prediction') as { predictions?: { variation_id?: unknown }[] } | null;
  const variationId = Array.isArray(answer?.predictions) ? answer.predictions[0]?.variation_id : undefined;
  if (
    (typeof variationId === 'string' && variationId !== '') ||
    (typeof variationId === 'number' && variationId !== 0)
  ) {
    return String(variationId);
  }
  throw new SdkError(
    'invalid-response',
    'The prediction does not name a variation; expected "predictions[0].variation_id".',
  );
}
