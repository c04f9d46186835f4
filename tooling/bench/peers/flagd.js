/** OpenFeature's flagd-core on a workload equal to one flag of ours: a three-way split behind two conditions. */
import { FlagdCore } from '@openfeature/flagd-core';
import { ATTRIBUTES } from '../datafiles.js';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };

/** @returns {() => unknown} one evaluation */
export function flagdDecision() {
  const core = new FlagdCore(undefined, SILENT);
  core.setConfigurations(
    JSON.stringify({
      flags: {
        flag_0: {
          state: 'ENABLED',
          variants: { variation_1: 'variation_1', variation_2: 'variation_2', variation_3: 'variation_3', off: 'off' },
          defaultVariant: 'off',
          targeting: {
            if: [
              { and: [{ '==': [{ var: 'country' }, 'de'] }, { '>=': [{ var: 'age' }, 18] }] },
              {
                fractional: [
                  { var: 'targetingKey' },
                  ['variation_1', 3333],
                  ['variation_2', 3333],
                  ['variation_3', 3334],
                ],
              },
              'off',
            ],
          },
        },
      },
    }),
  );
  const context = { targetingKey: 'user-4711', ...ATTRIBUTES };
  return () => core.resolveStringEvaluation('flag_0', 'off', context, SILENT).value;
}
