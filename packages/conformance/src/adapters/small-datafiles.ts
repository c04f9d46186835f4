/** Datafiles that make a bucket, a verdict, an order of versions or a variable's value visible as a decision. */

const VARIATION = { id: '9001', key: 'on', featureEnabled: true, variables: [] };

function rule(id: string, key: string, audienceConditions?: unknown): object {
  return {
    id,
    key,
    layerId: '1',
    status: 'Running',
    variations: [VARIATION],
    trafficAllocation: [{ entityId: VARIATION.id, endOfRange: 10_000 }],
    forcedVariations: {},
    audienceIds: [],
    ...(audienceConditions !== undefined && { audienceConditions }),
  };
}

function datafile(
  flags: Record<string, { readonly ruleId: string; readonly rule: object }>,
  rest: object = {},
): object {
  return {
    version: '4',
    accountId: '1',
    projectId: '1',
    revision: '1',
    sendFlagDecisions: true,
    rollouts: [],
    groups: [],
    attributes: [{ id: '1', key: 'version' }],
    audiences: [],
    typedAudiences: [],
    events: [],
    variables: [],
    featureFlags: Object.entries(flags).map(([key, { ruleId }], index) => ({
      id: String(100 + index),
      key,
      rolloutId: '',
      experimentIds: [ruleId],
      variables: [],
    })),
    experiments: Object.values(flags).map((flag) => flag.rule),
    ...rest,
  };
}

/** One experiment with this id, for everyone. */
export function experimentDatafile(id: string): object {
  return datafile({ flag: { ruleId: id, rule: rule(id, 'experiment') } });
}

/** Two flags: one for users who match the conditions, one for users who do not. */
export function conditionsDatafile(conditions: unknown): object {
  return datafile(
    {
      holds: { ruleId: '11', rule: rule('11', 'holds', ['a1']) },
      'does-not-hold': { ruleId: '12', rule: rule('12', 'does-not-hold', ['not', 'a1']) },
    },
    { typedAudiences: [{ id: 'a1', name: 'audience', conditions }] },
  );
}

/** One flag for each comparison, named as its match type. */
export function versionsDatafile(version: unknown): object {
  const matches = ['semver_lt', 'semver_eq', 'semver_gt'];
  const audience = (match: string) => ({
    id: match,
    name: match,
    conditions: ['or', { type: 'custom_attribute', name: 'version', match, value: version }],
  });
  return datafile(
    Object.fromEntries(
      matches.map((match) => [match, { ruleId: `id of ${match}`, rule: rule(`id of ${match}`, match, [match]) }]),
    ),
    { typedAudiences: matches.map(audience) },
  );
}

/** One flag with one variable of that type and default. */
export function variableDatafile(type: string, text: string): object {
  const { featureFlags, ...rest } = experimentDatafile('11') as { featureFlags: object[] };
  const variables = [{ id: '21', key: 'variable', type, defaultValue: text }];
  return { ...rest, featureFlags: featureFlags.map((flag) => ({ ...flag, variables })) };
}
