/** `GET /v1/config`: the project as the agent shows it. */
import type { FlagInfo, RuleInfo } from 'sortition';
import { RequestError } from '../request-error.ts';
import type { ProjectOptions } from '../server-options.ts';

/** Returns the project. @throws RequestError 500 before there is a datafile */
export function describeProject({ client, sdkKey }: ProjectOptions): object {
  const info = client.getProjectInfo();
  if (info === null) throw new RequestError(500, 'There is no datafile for this project yet.');
  return {
    environmentKey: info.environmentKey,
    sdkKey: info.sdkKey === '' ? sdkKey : info.sdkKey,
    revision: info.revision,
    experimentsMap: mapValues(info.experiments, describeRule),
    featuresMap: mapValues(info.flags, describeFlag),
    attributes: info.attributes.map(({ id, key }) => ({ id, key })),
    audiences: info.audiences,
    events: info.events,
  };
}

function describeFlag(flag: FlagInfo): object {
  return {
    id: flag.id,
    key: flag.key,
    experimentRules: flag.experimentRules.map(describeRule),
    deliveryRules: flag.deliveryRules.map(describeRule),
    variablesMap: flag.variables,
    experimentsMap: Object.fromEntries(flag.experimentRules.map((rule) => [rule.key, describeRule(rule)])),
  };
}

function describeRule({ id, key, audiences, variations }: RuleInfo): object {
  return {
    id,
    key,
    audiences,
    variationsMap: mapValues(variations, (variation) => ({
      id: variation.id,
      key: variation.key,
      featureEnabled: variation.enabled,
      variablesMap: variation.variables,
    })),
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, describe: (value: T) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, describe(value)]));
}
