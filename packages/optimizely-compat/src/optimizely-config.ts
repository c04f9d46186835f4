/** The view of a project that `getOptimizelyConfig` returns. */
import type { ProjectInfo } from '@sortition/client';
import type { ProjectConfig, Rule, Variable, VariableUsage, Variation } from '@sortition/core';
import type {
  OptimizelyAudience,
  OptimizelyConfig,
  OptimizelyExperiment,
  OptimizelyVariablesMap,
} from './contract/project-view.ts';

/** The input of the view. */
export interface ConfigParts {
  readonly config: ProjectConfig;
  readonly info: ProjectInfo;
  /** The datafile as received. */
  readonly datafile: string;
}

/** Builds the view; linear in the size of the project. */
export function buildOptimizelyConfig({ config, info, datafile }: ConfigParts): OptimizelyConfig {
  const json = JSON.parse(datafile) as RawDatafile;
  const variables = allVariables(config);
  const view = (rule: RuleInfo): OptimizelyExperiment => viewRule(rule, config.rules.get(rule.id), variables);
  const flags = Object.values(info.flags).map(({ id, key, experimentRules, deliveryRules, variables: own }) => {
    const rules = experimentRules.map(view);
    return {
      id,
      key,
      experimentRules: rules,
      deliveryRules: deliveryRules.map(view),
      variablesMap: copyEntries(own),
      experimentsMap: byKey(rules),
    };
  });
  return {
    environmentKey: info.environmentKey,
    sdkKey: info.sdkKey,
    revision: info.revision,
    experimentsMap: byKey(Object.values(info.experiments).map(view)),
    featuresMap: byKey(flags),
    attributes: info.attributes.map((attribute) => ({ ...attribute })),
    audiences: viewAudiences(json),
    events: info.events.map((event) => ({ ...event, experimentIds: [...event.experimentIds] })),
    getDatafile: () => datafile,
  };
}

type RuleInfo = ProjectInfo['experiments'][string];

interface RawDatafile {
  readonly audiences?: readonly RawAudience[];
  readonly typedAudiences?: readonly RawAudience[];
}

interface RawAudience {
  readonly id: string;
  readonly name: string;
  readonly conditions: unknown;
}

/** The audience that newer datafiles contain for older SDKs. */
const DUMMY_AUDIENCE = '$opt_dummy_audience';

/** Returns typed audiences, then the older audiences without a typed version. */
function viewAudiences({ audiences = [], typedAudiences = [] }: RawDatafile): OptimizelyAudience[] {
  const typed = new Set(typedAudiences.map(({ id }) => id));
  const older = audiences.filter(({ id }) => id !== DUMMY_AUDIENCE && !typed.has(id));
  return [...typedAudiences, ...older].map(({ id, name, conditions }) => ({
    id,
    name,
    conditions: toJson(conditions),
  }));
}

/** Variables of all flags by id. An experiment without a flag lists only the variables of its variations. */
function allVariables(config: ProjectConfig): ReadonlyMap<string, Variable> {
  return new Map([...config.flags.values()].flatMap(({ variables }) => variables.map((own) => [own.id, own])));
}

function viewRule(
  { id, key, audiences, variations }: RuleInfo,
  rule: Rule | undefined,
  known: ReturnType<typeof allVariables>,
): OptimizelyExperiment {
  const raw = new Map(rule?.variations.map((variation) => [variation.key, variation]));
  const views = Object.values(variations).map((variation) => {
    const { featureEnabled, variables = [] } = raw.get(variation.key) ?? ({} as Partial<Variation>);
    return {
      id: variation.id,
      key: variation.key,
      featureEnabled: featureEnabled as boolean,
      variablesMap: { ...copyEntries(variation.variables), ...usedElsewhere(variation, variables, known) },
    };
  });
  return { id, key, audiences, variationsMap: byKey(views) };
}

/** Values of variables that belong to another flag than the rule's. */
function usedElsewhere(
  { variables: own, enabled }: RuleInfo['variations'][string],
  usages: readonly VariableUsage[],
  known: ReturnType<typeof allVariables>,
): OptimizelyVariablesMap {
  const others: OptimizelyVariablesMap = {};
  for (const { id, value } of usages) {
    const variable = known.get(id);
    if (variable && !Object.hasOwn(own, variable.key))
      others[variable.key] = {
        id,
        key: variable.key,
        type: variable.type,
        value: enabled ? value : variable.defaultValue,
      };
  }
  return others;
}

function copyEntries<T extends object>(entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, { ...entry }]));
}

function byKey<T extends { readonly key: string }>(entries: readonly T[]): Record<string, T> {
  return Object.fromEntries(entries.map((entry) => [entry.key, entry]));
}

/** Parses JSON; a text that is not JSON is returned unchanged. */
function toJson(conditions: unknown): string {
  if (typeof conditions !== 'string') return JSON.stringify(conditions);
  try {
    return JSON.stringify(JSON.parse(conditions));
  } catch {
    return conditions;
  }
}
