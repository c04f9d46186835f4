/** Datafiles of a few entities, for tests that show one thing. */

type Json = Record<string, unknown>;

export function smallDatafile(parts: Json): Json {
  return {
    version: '4',
    accountId: '1',
    projectId: '2',
    revision: '3',
    featureFlags: [],
    experiments: [],
    groups: [],
    rollouts: [],
    attributes: [],
    audiences: [],
    typedAudiences: [],
    events: [],
    ...parts,
  };
}

export function flag(key: string, experimentIds: readonly string[], parts: Json = {}): Json {
  return { id: `flag-${key}`, key, experimentIds, rolloutId: '', variables: [], ...parts };
}

export function variation(id: string, parts: Json = {}): Json {
  return { id, key: `variation_${id}`, featureEnabled: true, ...parts };
}

/** A running rule whose first variation gets all traffic. */
export function rule(id: string, variationIds: readonly string[], parts: Json = {}): Json {
  return {
    id,
    key: `rule_${id}`,
    status: 'Running',
    layerId: `layer_${id}`,
    variations: variationIds.map((variationId) => variation(variationId)),
    trafficAllocation: variationIds.slice(0, 1).map((entityId) => ({ entityId, endOfRange: 10_000 })),
    audienceIds: [],
    forcedVariations: {},
    ...parts,
  };
}

/** One flag with one experiment for users of one audience. */
export function targetedDatafile(conditions: unknown): Json {
  return smallDatafile({
    featureFlags: [flag('a', ['1'])],
    experiments: [rule('1', ['11'], { audienceIds: ['9'] })],
    typedAudiences: [{ id: '9', name: 'audience', conditions }],
  });
}
