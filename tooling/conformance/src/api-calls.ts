/** Generates calls of the whole public API of the official SDK: the decide family, the older calls, tracking, forced variations. */
import type { Datafile, RuleJson } from './datafile-json.ts';
import type { Call } from './generate-calls.ts';
import { generateTracked } from './generate-tags.ts';
import type { Random } from './random.ts';

/** One call; what the user brings along is in `by`. */
export interface ApiCall {
  readonly method: ApiMethod;
  /** Arguments before the user id and the attributes. */
  readonly keys: readonly unknown[];
  readonly by: Call;
  /** Arguments after the user, made anew for each side: the official SDK changes what it is given. */
  readonly last: () => readonly unknown[];
}

/** The methods of a client and of its users that are compared. */
export type ApiMethod =
  | 'decide'
  | 'decideForKeys'
  | 'decideAll'
  | 'activate'
  | 'getVariation'
  | 'isFeatureEnabled'
  | 'getEnabledFeatures'
  | 'getFeatureVariable'
  | 'getFeatureVariableBoolean'
  | 'getFeatureVariableDouble'
  | 'getFeatureVariableInteger'
  | 'getFeatureVariableString'
  | 'getFeatureVariableJSON'
  | 'getAllFeatureVariables'
  | 'setForcedVariation'
  | 'getForcedVariation'
  | 'track'
  | 'trackEvent'
  | 'getOptimizelyConfig';

const VARIABLE_METHODS = [
  'getFeatureVariable',
  'getFeatureVariableBoolean',
  'getFeatureVariableDouble',
  'getFeatureVariableInteger',
  'getFeatureVariableString',
  'getFeatureVariableJSON',
] as const;

const NOTHING = (): readonly unknown[] => [];
const ODD_KEYS: readonly unknown[] = ['', 'unknown', null, undefined, 5];

/** Turns calls of the decide family into calls of the whole API. */
export function generateApiCalls(random: Random, datafile: Datafile, calls: readonly Call[]): ApiCall[] {
  const found = allRules(datafile);
  const rules = found.length > 0 ? found : [{ id: '', key: 'unknown', variations: [] }];
  const noFlag = { id: '', key: 'unknown', rolloutId: '', experimentIds: [], variables: [] };
  const flags = datafile.featureFlags.length > 0 ? datafile.featureFlags : [noFlag];
  const experimentKey = (): unknown => (random.chance(0.06) ? random.pick(ODD_KEYS) : random.pick(rules).key);
  const flagKey = (): unknown => (random.chance(0.06) ? random.pick(ODD_KEYS) : random.pick(flags).key);
  return calls.map((by) => {
    const kind = random.below(20);
    if (kind < 8 || by.predictions) return ofFamily(random, by);
    if (kind < 10) return { method: 'isFeatureEnabled', keys: [flagKey()], by, last: NOTHING };
    if (kind < 11) return { method: 'getEnabledFeatures', keys: [], by, last: NOTHING };
    if (kind < 13) {
      const { key, variables } = random.pick(flags);
      const variableKey = variables.length > 0 && random.chance(0.9) ? random.pick(variables).key : 'unknown';
      const keys = random.chance(0.95) ? [key, variableKey] : [random.pick(ODD_KEYS), variableKey];
      return { method: random.pick(VARIABLE_METHODS), keys, by, last: NOTHING };
    }
    if (kind < 14) return { method: 'getAllFeatureVariables', keys: [flagKey()], by, last: NOTHING };
    if (kind < 16)
      return { method: random.pick(['activate', 'getVariation']), keys: [experimentKey()], by, last: NOTHING };
    if (kind < 18) return { ...conversionOf(random), by };
    if (kind < 19) return { method: 'getForcedVariation', keys: [experimentKey()], by, last: NOTHING };
    const { key, variations } = random.pick(rules);
    const variationKey = random.pick<unknown>([null, '', 'unknown', ...variations.map((variation) => variation.key)]);
    return { method: 'setForcedVariation', keys: [key], by, last: () => [variationKey] };
  });
}

/** A key asked for twice is decided twice. */
function ofFamily(random: Random, by: Call): ApiCall {
  const [first] = by.keys;
  const isTwice = by.kind === 'decideForKeys' && first !== undefined && !by.predictions && random.chance(0.1);
  const asked = isTwice ? { ...by, keys: [...by.keys, first] } : by;
  return { method: by.kind, keys: [], by: asked, last: NOTHING };
}

function conversionOf(random: Random): Pick<ApiCall, 'method' | 'keys' | 'last'> {
  const { eventKey, tags } = generateTracked(random);
  return { method: random.pick(['track', 'trackEvent']), keys: [eventKey], last: () => [tags()] };
}

function allRules(datafile: Datafile): RuleJson[] {
  const groups = (datafile.groups ?? []) as { experiments: RuleJson[] }[];
  const sections = [datafile.experiments, ...groups.map((group) => group.experiments)];
  return [...sections.flat(), ...(datafile.rollouts ?? []).flatMap(({ experiments }) => experiments)];
}
