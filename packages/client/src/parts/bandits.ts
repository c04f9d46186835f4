/** Contextual bandits: asynchronous decisions get the variation from a source of predictions. */
import type { CmabSource } from '@sortition/core';
import { withLimits } from '../deadline.ts';
import { checkValue, hasThese, type OptionRule } from '../option-rules.ts';
import type { Part } from '../part.ts';
import { describeCause } from '../read-input.ts';

/** For sources without a shorter deadline of their own, in milliseconds. */
const PREDICTION_TIMEOUT_MS = 10_000;

/** The rule for sources of predictions. */
export const PREDICTIONS: OptionRule = /* @__PURE__ */ hasThese(['predict'], 'createCmabSource()');

/**
 * Decides the rules of contextual bandits in asynchronous decisions.
 *
 * @param source `createCmabSource()` of `@sortition/cmab`, or your own. The client closes it.
 * @throws SdkError `invalid-option` when the source has no method `predict`
 */
export function bandits(source: CmabSource): Part<never> {
  checkValue('bandits', 'source', source, PREDICTIONS);
  return ({ problems }) => {
    problems.guard('cmab', 'attach', () => source.attach?.({ problem: problems.report }));
    return {
      part: 'cmab',
      async predict(request, ruleKey) {
        try {
          const limits = { timeoutMs: PREDICTION_TIMEOUT_MS };
          const answer = await withLimits('A prediction', limits, () => source.predict(request));
          if (typeof answer?.variationId === 'string') return answer;
          throw new TypeError('The prediction has no "variationId".');
        } catch (cause) {
          const message = `The prediction for rule "${ruleKey}" could not be fetched: ${describeCause(cause)}`;
          problems.report({ code: 'prediction-failed', part: 'cmab', message, cause });
          return null;
        }
      },
      close: async () => void (await source.close?.()),
    };
  };
}
