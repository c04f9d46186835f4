import { describe, expect, it } from 'vitest';
import { formatReason, type JsonValue, type Reason } from '../src/index.ts';

const AT = { userId: 'ada', ruleKey: 'test' } as const;
const TO = { ...AT, variationKey: 'blue' } as const;
const GROUP = { ...AT, groupId: '77', bucket: 12 } as const;
const DELIVERY = { ...AT, name: '2' } as const;
const FORCED = { flagKey: 'checkout', ruleKey: 'test', userId: 'ada', variationKey: 'blue' } as const;
const SCOPE = { scope: 'experiment', ruleKey: 'test', name: 'test' } as const;

/** One row for every code; the compiler asks for a missing one. */
const TEXTS: { readonly [code in Reason['code']]: readonly (readonly [Reason & { code: code }, string])[] } = {
  'sdk-not-ready': [[{ code: 'sdk-not-ready' }, 'Optimizely SDK not configured properly yet.']],
  'flag-not-found': [[{ code: 'flag-not-found', flagKey: 'x' }, 'No flag was found for key "x".']],
  'experiment-not-found': [[{ code: 'experiment-not-found', ruleKey: 'x' }, 'Experiment key x is not in datafile.']],
  'evaluation-failed': [
    [{ code: 'evaluation-failed', flagKey: 'x', message: 'out of luck' }, 'Evaluating flag "x" failed: out of luck.'],
  ],
  'forced-decision': [
    [
      { code: 'forced-decision', ...FORCED },
      'Variation (blue) is mapped to flag (checkout), rule (test) and user (ada) in the forced decision map.',
    ],
    [
      { code: 'forced-decision', ...FORCED, ruleKey: null },
      'Variation (blue) is mapped to flag (checkout) and user (ada) in the forced decision map.',
    ],
    [
      { code: 'forced-decision', ...FORCED, ruleKey: '' },
      'Variation (blue) is mapped to flag (checkout), rule () and user (ada) in the forced decision map.',
    ],
  ],
  'forced-decision-invalid': [
    [
      { code: 'forced-decision-invalid', ...FORCED },
      'Invalid variation is mapped to flag (checkout), rule (test) and user (ada) in the forced decision map.',
    ],
    [
      { code: 'forced-decision-invalid', ...FORCED, ruleKey: null },
      'Invalid variation is mapped to flag (checkout) and user (ada) in the forced decision map.',
    ],
  ],
  'holdout-not-running': [[{ code: 'holdout-not-running', ruleKey: 'test' }, 'Holdout test is not running.']],
  'holdout-audience-met': [[{ code: 'holdout-audience-met', ...AT }, 'User ada meets conditions for holdout test.']],
  'holdout-audience-not-met': [
    [{ code: 'holdout-audience-not-met', ...AT }, 'User ada does not meet conditions for holdout test.'],
  ],
  'holdout-no-variation': [[{ code: 'holdout-no-variation', ...AT }, 'User ada is in no holdout variation.']],
  'holdout-variation': [[{ code: 'holdout-variation', ...TO }, 'User ada is in variation blue of holdout test.']],
  'no-experiments': [[{ code: 'no-experiments', flagKey: 'x' }, 'Feature x is not attached to any experiments.']],
  'experiment-not-running': [[{ code: 'experiment-not-running', ruleKey: 'test' }, 'Experiment test is not running.']],
  'forced-variation': [
    [
      { code: 'forced-variation', ...TO },
      'Variation blue is mapped to experiment test and user ada in the forced variation map.',
    ],
  ],
  'allow-listed': [[{ code: 'allow-listed', ...TO }, 'User ada is forced in variation blue.']],
  'allow-list-invalid': [
    [{ code: 'allow-list-invalid', ...TO }, 'Variation key blue is not in datafile. Not activating user ada.'],
  ],
  sticky: [
    [
      { code: 'sticky', ...TO },
      'Returning previously activated variation "blue" of experiment "test" for user "ada" from user profile.',
    ],
  ],
  'sticky-invalid': [
    [
      { code: 'sticky-invalid', ...AT, variationId: '9' },
      'User ada was previously bucketed into variation with ID 9 for experiment test, but no matching variation was found.',
    ],
  ],
  'audiences-evaluating': [
    [
      { code: 'audiences-evaluating', ...SCOPE, conditions: ['or', '1', ['not', '2']] },
      'Evaluating audiences for experiment "test": ["or","1",["not","2"]].',
    ],
    [
      { code: 'audiences-evaluating', scope: 'rule', ruleKey: 'test', name: 'Everyone Else', conditions: [] },
      'Evaluating audiences for rule "Everyone Else": [].',
    ],
    [
      { code: 'audiences-evaluating', ...SCOPE, conditions: undefined },
      'Evaluating audiences for experiment "test": undefined.',
    ],
  ],
  'audiences-evaluated': [
    [
      { code: 'audiences-evaluated', ...SCOPE, verdict: true },
      'Audiences for experiment test collectively evaluated to TRUE.',
    ],
    [
      { code: 'audiences-evaluated', ...SCOPE, verdict: false },
      'Audiences for experiment test collectively evaluated to FALSE.',
    ],
    [
      { code: 'audiences-evaluated', scope: 'rule', ruleKey: 'test', name: '2', verdict: null },
      'Audiences for rule 2 collectively evaluated to FALSE.',
    ],
  ],
  'experiment-audience-not-met': [
    [{ code: 'experiment-audience-not-met', ...AT }, 'User ada does not meet conditions to be in experiment test.'],
  ],
  'experiment-no-variation': [
    [{ code: 'experiment-no-variation', ...AT }, 'User ada is in no variation of experiment test.'],
  ],
  'experiment-variation': [
    [{ code: 'experiment-variation', ...TO }, 'User ada is in variation blue of experiment test.'],
  ],
  'group-none': [[{ code: 'group-none', ...GROUP }, 'User ada is not in any experiment of group 77.']],
  'group-other': [[{ code: 'group-other', ...GROUP }, 'User ada is not in experiment test of group 77.']],
  'group-entered': [[{ code: 'group-entered', ...GROUP }, 'User ada is in experiment test of group 77.']],
  'bucket-assigned': [
    [
      { code: 'bucket-assigned', ruleKey: 'test', bucketingId: 'other', bucket: 42 },
      'Assigned bucket 42 to user with bucketing ID other.',
    ],
  ],
  'bucket-invalid-variation': [
    [{ code: 'bucket-invalid-variation' }, 'Bucketed into an invalid variation ID. Returning null.'],
  ],
  'cmab-unsupported': [[{ code: 'cmab-unsupported' }, 'CMAB is not supported in sync mode.']],
  'cmab-failed': [[{ code: 'cmab-failed', ruleKey: 'test' }, 'Failed to fetch CMAB data for experiment test.']],
  'rollout-missing': [[{ code: 'rollout-missing', flagKey: 'x' }, 'There is no rollout of feature x.']],
  'rollout-unknown': [
    [{ code: 'rollout-unknown', flagKey: 'x', rolloutId: '8' }, 'Invalid rollout ID 8 attached to feature x'],
  ],
  'rollout-empty': [
    [{ code: 'rollout-empty', flagKey: 'x', rolloutId: '8' }, 'Rollout of feature 8 has no experiments'],
  ],
  'delivery-audience-met': [
    [{ code: 'delivery-audience-met', ...DELIVERY }, 'User ada meets conditions for targeting rule 2.'],
  ],
  'delivery-audience-not-met': [
    [{ code: 'delivery-audience-not-met', ...DELIVERY }, 'User ada does not meet conditions for targeting rule 2.'],
  ],
  'delivery-bucketed': [[{ code: 'delivery-bucketed', ...DELIVERY }, 'User ada bucketed into targeting rule 2.']],
  'delivery-not-bucketed': [
    [
      { code: 'delivery-not-bucketed', ...DELIVERY },
      'User ada not bucketed into targeting rule 2 due to traffic allocation. Trying everyone rule.',
    ],
  ],
  'rollout-hit': [[{ code: 'rollout-hit', userId: 'ada', flagKey: 'x' }, 'User ada is in rollout of feature x.']],
  'rollout-miss': [[{ code: 'rollout-miss', userId: 'ada', flagKey: 'x' }, 'User ada is not in rollout of feature x.']],
  'variable-invalid': [
    [{ code: 'variable-invalid', variableKey: 'k' }, 'Variable value for key "k" is invalid or wrong type.'],
  ],
  'profile-lookup-failed': [
    [
      { code: 'profile-lookup-failed', userId: 'ada', message: 'down' },
      'Error while looking up user profile for user ID "ada": down.',
    ],
  ],
  'profile-save-failed': [
    [
      { code: 'profile-save-failed', userId: 'ada', message: 'down' },
      'Error while saving user profile for user ID "ada": down.',
    ],
  ],
  'details-omitted': [[{ code: 'details-omitted' }, 'The explanation is too long to show every condition.']],
  'profile-not-loaded': [
    [
      { code: 'profile-not-loaded', userId: 'ada' },
      'The user profile store is asynchronous and the profile of user "ada" was not loaded; decided without it.',
    ],
  ],
};

describe('formatReason', () => {
  for (const [reason, text] of Object.values(TEXTS).flat()) {
    it(`${reason.code}: ${text}`, () => {
      expect(formatReason(reason)).toBe(text);
    });
  }

  it('placeholders inside arguments are not filled', () => {
    expect(formatReason({ code: 'flag-not-found', flagKey: '%s $& $1' })).toBe('No flag was found for key "%s $& $1".');
  });

  it('conditions of any length are cut', () => {
    const conditions = Array.from({ length: 1_000_000 }, (_, index) => String(index));
    const text = formatReason({ code: 'audiences-evaluating', ...SCOPE, conditions });
    expect(text).toMatch(/^Evaluating audiences for experiment "test": \["0","1",.+…\.$/);
    expect(text.length).toBeLessThan(100_200);
  });

  it('[DF-04] conditions that JSON cannot follow are named', () => {
    let conditions: JsonValue = '1';
    for (let level = 0; level < 1_000_000; level += 1) conditions = ['or', conditions];
    expect(formatReason({ code: 'audiences-evaluating', ...SCOPE, conditions })).toBe(
      'Evaluating audiences for experiment "test": conditions nested too deeply to show.',
    );
  });
});
