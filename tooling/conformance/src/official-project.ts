/** The official view of a project in the terms of ours. */
import type { ProjectInfo } from 'sortition';
import type { OfficialClient } from './official-client.ts';

type OfficialConfig = NonNullable<ReturnType<OfficialClient['getOptimizelyConfig']>>;
type OfficialExperiment = OfficialConfig['experimentsMap'][string];
type OfficialFlag = OfficialConfig['featuresMap'][string];

/** Returns what ours should show for the same datafile. */
export function toProjectInfo(config: OfficialConfig): ProjectInfo {
  const { revision, sdkKey, environmentKey, featuresMap, experimentsMap, audiences, attributes, events } = config;
  return {
    revision,
    sdkKey,
    environmentKey,
    flags: mapValues(featuresMap, toFlag),
    experiments: mapValues(experimentsMap, (experiment) => toRule(experiment)),
    // Of audiences with one id ours shows the one that counts.
    audiences: [...new Map(audiences.map((audience) => [audience.id, audience])).values()],
    attributes,
    events: events as ProjectInfo['events'],
  };
}

function toFlag({ id, key, experimentRules, deliveryRules, variablesMap }: OfficialFlag): ProjectInfo['flags'][string] {
  return {
    id,
    key,
    experimentRules: experimentRules.map((rule) => toRule(rule, variablesMap)),
    deliveryRules: deliveryRules.map((rule) => toRule(rule, variablesMap)),
    variables: variablesMap,
  };
}

/** @param own The flag's variables: values for those of another flag, which shares the rule, are left out. */
function toRule(
  { id, key, audiences, variationsMap }: OfficialExperiment,
  own?: OfficialFlag['variablesMap'],
): ProjectInfo['experiments'][string] {
  const variations = mapValues(variationsMap, (variation) => ({
    id: variation.id,
    key: variation.key,
    enabled: Boolean(variation.featureEnabled),
    variables: own
      ? Object.fromEntries(Object.entries(variation.variablesMap).filter(([name]) => Object.hasOwn(own, name)))
      : variation.variablesMap,
  }));
  return { id, key, audiences, variations };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
