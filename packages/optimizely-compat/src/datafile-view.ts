/**
 * The entities of a datafile as the official SDK passes them to listeners: the JSON itself plus the properties that the
 * SDK adds while parsing. Built on first use, once per datafile.
 */
import type { Experiment, Holdout, Variation } from './contract/datafile-entities.ts';

/** Finds entities by id; `null` when the datafile does not have them. */
export interface DatafileView {
  experiment(id: string): Experiment | null;
  holdout(id: string): Holdout | null;
  /**
   * @param ruleId The rule of the variation; `undefined` for a variation that is forced for a flag.
   * @param served The decided variation; other variations of the project may have the same id.
   */
  variation(ruleId: string | undefined, served: Pick<Variation, 'id' | 'key'>): Variation | null;
}

interface RawExperiment extends Omit<Partial<Experiment>, 'id'> {
  id: string;
}

interface RawDatafile {
  readonly experiments?: readonly RawExperiment[];
  readonly groups?: readonly { readonly id: string; readonly experiments?: readonly RawExperiment[] }[];
  readonly rollouts?: readonly { readonly id: string; readonly experiments?: readonly RawExperiment[] }[];
  readonly holdouts?: readonly RawExperiment[];
  readonly localHoldouts?: readonly RawExperiment[];
  readonly featureFlags?: readonly { readonly rolloutId?: string; readonly experimentIds?: readonly string[] }[];
}

interface Entities {
  readonly experiments: ReadonlyMap<string, Experiment>;
  readonly holdouts: ReadonlyMap<string, Holdout>;
  readonly variations: ReadonlyMap<string, readonly Variation[]>;
}

/** @param text Returns the current datafile. */
export function createDatafileView(text: () => string): DatafileView {
  let builtFrom: string | undefined;
  let entities: Entities = { experiments: new Map(), holdouts: new Map(), variations: new Map() };
  const current = (): Entities => {
    const now = text();
    if (now !== builtFrom) {
      entities = buildEntities(JSON.parse(now) as RawDatafile);
      builtFrom = now;
    }
    return entities;
  };
  return {
    experiment: (id) => current().experiments.get(id) ?? null,
    holdout: (id) => current().holdouts.get(id) ?? null,
    variation(ruleId, { id, key }) {
      const { experiments, holdouts, variations } = current();
      const rule = ruleId === undefined ? undefined : (experiments.get(ruleId) ?? holdouts.get(ruleId));
      const known = [...(variations.get(id) ?? []), ...(rule?.variations ?? [])];
      return known.filter((variation) => variation.id === id && variation.key === key).at(-1) ?? null;
    },
  };
}

function buildEntities(datafile: RawDatafile): Entities {
  const { experiments = [], groups = [], rollouts = [], holdouts = [], localHoldouts = [] } = datafile;
  const read = [
    ...experiments,
    ...groups.flatMap(({ id, experiments: own = [] }) => own.map((experiment) => ({ ...experiment, groupId: id }))),
    ...rollouts.flatMap(({ experiments: own = [] }) => own.map((experiment) => ({ ...experiment, isRollout: true }))),
  ].map((experiment) => withVariationKeys(experiment) as Experiment);
  const byId = new Map(read.map((experiment) => [experiment.id, experiment]));
  addFeatureRollouts(datafile, byId);
  const scopes = { includedFlags: [], excludedFlags: [] };
  const toHoldout = (holdout: RawExperiment, isGlobal: boolean): Holdout => {
    const { includedRules, ...rest } = withVariationKeys(holdout) as unknown as Holdout;
    return { ...rest, ...scopes, isGlobal, ...(!isGlobal && { includedRules: includedRules ?? null }) };
  };
  const all = [
    ...holdouts.map((holdout) => toHoldout(holdout, true)),
    ...localHoldouts.map((holdout) => toHoldout(holdout, false)),
  ];
  const variations = new Map<string, Variation[]>();
  for (const variation of [...read, ...all].flatMap((rule) => rule.variations ?? []))
    variations.set(variation.id, [...(variations.get(variation.id) ?? []), variation]);
  return {
    experiments: byId,
    holdouts: new Map(all.map((holdout) => [holdout.id, holdout])),
    variations,
  };
}

function withVariationKeys(experiment: RawExperiment): object {
  const { variations = [] } = experiment;
  return {
    ...experiment,
    variationKeyMap: Object.fromEntries(variations.map((variation) => [variation.key, variation])),
  };
}

/** Appends the variation of the flag's last delivery to each experiment that is a feature rollout. */
function addFeatureRollouts({ rollouts = [], featureFlags = [] }: RawDatafile, byId: Map<string, Experiment>): void {
  for (const { rolloutId, experimentIds = [] } of featureFlags) {
    const everyone = rollouts.find(({ id }) => id === rolloutId)?.experiments?.at(-1)?.variations?.[0];
    if (everyone === undefined) continue;
    for (const id of experimentIds) {
      const experiment = byId.get(id);
      if (experiment?.type !== 'fr') continue;
      byId.set(id, {
        ...experiment,
        variations: [...experiment.variations, everyone],
        trafficAllocation: [...experiment.trafficAllocation, { entityId: everyone.id, endOfRange: 10_000 }],
        variationKeyMap: { ...experiment.variationKeyMap, [everyone.key]: everyone },
      });
    }
  }
}
