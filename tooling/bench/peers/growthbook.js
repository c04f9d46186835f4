/** GrowthBook on a workload equal to one flag of ours: a three-way split behind two conditions. */
import { GrowthBook } from '@growthbook/growthbook';
import { ATTRIBUTES } from '../datafiles.js';

/** @returns {() => unknown} one evaluation */
export function growthbookDecision() {
  const client = new GrowthBook({
    attributes: { id: 'user-4711', ...ATTRIBUTES },
    features: {
      flag_0: {
        defaultValue: 'off',
        rules: [
          {
            condition: { country: 'de', age: { $gte: 18 } },
            coverage: 1,
            hashAttribute: 'id',
            seed: 'flag_0',
            hashVersion: 2,
            variations: ['variation_1', 'variation_2', 'variation_3'],
            weights: [0.3333, 0.3333, 0.3334],
            key: 'flag_0',
          },
        ],
      },
    },
  });
  return () => client.evalFeature('flag_0').value;
}
