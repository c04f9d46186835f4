/** A project of many experiments, for servers that decide them all at once. */
const HALF = 5_000;
const ALL = 10_000;

/** Flag key of the experiment with this number, from 0. */
export function flagKeyOf(index: number): string {
  return `flag_${index}`;
}

/** Experiment id of a flag; its variations have the ids `<experiment>1` and `<experiment>2`. */
export function experimentIdOf(index: number): string {
  return String(7_000 + index);
}

/** Variation id by the key of the variation, `a` or `b`. */
export function variationIdOf(index: number, variationKey: string | null): string {
  return `${experimentIdOf(index)}${variationKey === 'a' ? 1 : 2}`;
}

/** A datafile with this many flags, each with one experiment that splits the traffic in halves. */
export function fleetDatafile(flags: number): object {
  const indices = Array.from({ length: flags }, (_, index) => index);
  return {
    version: '4',
    revision: '1',
    accountId: '1',
    projectId: '1',
    experiments: indices.map((index) => {
      const id = experimentIdOf(index);
      const variations = ['a', 'b'].map((key) => ({ id: variationIdOf(index, key), key, featureEnabled: true }));
      return {
        id,
        key: `experiment_${index}`,
        status: 'Running',
        layerId: id,
        audienceIds: [],
        variations,
        trafficAllocation: [
          { entityId: variationIdOf(index, 'a'), endOfRange: HALF },
          { entityId: variationIdOf(index, 'b'), endOfRange: ALL },
        ],
      };
    }),
    featureFlags: indices.map((index) => ({
      id: String(index),
      key: flagKeyOf(index),
      experimentIds: [experimentIdOf(index)],
      rolloutId: '',
      variables: [],
    })),
    rollouts: [],
  };
}
