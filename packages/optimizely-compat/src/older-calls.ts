/** The calls of the API before user contexts: each takes the user as an argument. */
import {
  createUserSnapshot,
  type DecideInput,
  type DecisionOutcome,
  decide,
  decideExperiment,
  type ProjectConfig,
} from '@sortition/core';
import type { ClientInternals } from './client-internals.ts';
import { indexOf } from './config-index.ts';
import type { Client } from './contract/client.ts';
import type { FeatureVariableValue } from './contract/datafile-entities.ts';
import type { SourceInfo } from './contract/notifications.ts';
import type { UserAttributes } from './contract/user.ts';
import type { RecordedUser } from './event-recording.ts';
import { type InputName, refuseInputs } from './input-checks.ts';
import { copyJson, copyVariables } from './variable-values.ts';

/** The calls that this file implements. */
export type OlderCalls = Pick<
  Client,
  | 'activate'
  | 'getVariation'
  | 'setForcedVariation'
  | 'getForcedVariation'
  | 'isFeatureEnabled'
  | 'getEnabledFeatures'
  | 'getFeatureVariable'
  | 'getFeatureVariableBoolean'
  | 'getFeatureVariableDouble'
  | 'getFeatureVariableInteger'
  | 'getFeatureVariableString'
  | 'getFeatureVariableJSON'
  | 'getAllFeatureVariables'
>;

/** The arguments of an older call, and the user it is for. */
interface Question {
  readonly call: string;
  readonly userId: string;
  readonly attributes: UserAttributes | undefined;
  readonly inputs: Partial<Record<InputName, unknown>>;
}

/** A call with valid arguments. */
interface Asked {
  readonly config: ProjectConfig;
  readonly user: RecordedUser;
}

/** Creates the calls of one client. */
export function createOlderCalls(client: ClientInternals): OlderCalls {
  const { core, reporter, forced, recording, notifications, profiles } = client;

  /** Checks a call; `undefined` after reporting why its arguments are invalid. */
  function ask({ call, userId, attributes, inputs }: Question): Asked | undefined {
    const { config } = core.state;
    if (config === null) {
      reporter.error(`No project config available. Failing ${call}.`);
      return undefined;
    }
    const error = refuseInputs({ ...inputs, user_id: userId }, attributes);
    if (error) {
      reporter.report(error);
      return undefined;
    }
    return { config, user: { snapshot: createUserSnapshot(userId, attributes), attributes } };
  }

  /** Decides with the user's stored assignments, and stores a new assignment. */
  function evaluate({ config, user }: Asked, key: string, by: typeof decide): DecisionOutcome {
    const { snapshot } = user;
    const session = profiles.open(snapshot);
    const forcedVariations = forced.of(config, snapshot.userId);
    const input: DecideInput = { fresh: session.fresh, stored: session.stored, forcedVariations };
    const outcome = by(config, snapshot, key, input);
    if (outcome.assignment) session.fresh.set(outcome.assignment.experimentId, outcome.assignment.variationId);
    profiles.close(snapshot, session);
    return outcome;
  }

  function knowsFlag({ config }: Asked, featureKey: string): boolean {
    if (config.flags.has(featureKey)) return true;
    reporter.error(`Feature key ${featureKey} is not in datafile.`);
    return false;
  }

  /** Notifies listeners of a decision. */
  function notify({ user }: Asked, type: string, decisionInfo: object): void {
    if (!notifications.has('DECISION')) return;
    const { snapshot, attributes } = user;
    const payload = { type, userId: snapshot.userId, attributes: attributes || {}, decisionInfo };
    notifications.send('DECISION', payload as never);
  }

  /** The variation of an experiment; `undefined` when there is no such experiment, or a delivery has its key. */
  function decideByKey(asked: Asked, experimentKey: string): DecisionOutcome | undefined {
    const { rules, experiments, flagExperiments } = indexOf(asked.config);
    const experiment = rules.get(experimentKey);
    if (experiment === undefined || !experiments.has(experiment)) return undefined;
    const outcome = evaluate(asked, experimentKey, decideExperiment);
    const type = flagExperiments.has(experiment.id) ? 'feature-test' : 'ab-test';
    notify(asked, type, { experimentKey, variationKey: outcome.variation?.key ?? null });
    return outcome;
  }

  function isEnabled(asked: Asked, featureKey: string): boolean {
    if (!knowsFlag(asked, featureKey)) return false;
    const { config, user } = asked;
    const outcome = evaluate(asked, featureKey, decide);
    const { source, enabled } = outcome;
    if (source !== 'rollout' || config.sendFlagDecisions) recording.impression(config, user, outcome);
    reporter.info(`Feature ${featureKey} is ${enabled ? '' : 'not '}enabled for user ${user.snapshot.userId}.`);
    const sourceInfo = sourceInfoOf(outcome, ['feature-test', 'holdout']);
    notify(asked, 'feature', { featureKey, featureEnabled: enabled, source, sourceInfo });
    return enabled;
  }

  /** @param type The required type of the variable; `undefined`: any type. */
  function readVariable(
    name: string,
    type: string | undefined,
    [featureKey, variableKey, userId, attributes]: Parameters<Client['getFeatureVariable']>,
  ): FeatureVariableValue {
    const inputs = { feature_key: featureKey, variable_key: variableKey };
    const asked = ask({ call: name, userId, attributes, inputs });
    if (!asked || !knowsFlag(asked, featureKey)) return null;
    const variable = asked.config.flags.get(featureKey)?.variables.find(({ key }) => key === variableKey);
    if (variable === undefined) {
      reporter.error(
        `Variable with key "${variableKey}" associated with feature with key "${featureKey}" is not in datafile.`,
      );
      return null;
    }
    if (type !== undefined && variable.type !== type) {
      reporter.warn(
        `Requested variable type "${type}", but variable is of type "${variable.type}". Use correct API to retrieve value. Returning None.`,
      );
      return null;
    }
    const outcome = evaluate(asked, featureKey, decide);
    const { enabled, source, variables } = outcome;
    const value = Object.hasOwn(variables, variableKey) ? variables[variableKey] : null;
    const variableValue = copyJson(value) as FeatureVariableValue;
    const sourceInfo = sourceInfoOf(outcome, ['feature-test']);
    const variableInfo = { variableKey, variableValue, variableType: variable.type };
    notify(asked, 'feature-variable', { featureKey, featureEnabled: enabled, source, ...variableInfo, sourceInfo });
    return variableValue;
  }

  return {
    activate(experimentKey, userId, attributes) {
      const asked = ask({ call: 'activate', userId, attributes, inputs: { experiment_key: experimentKey } });
      const outcome = asked && decideByKey(asked, experimentKey);
      if (!asked || !outcome?.variation) {
        if (asked) reporter.info(`Not activating user ${userId} for experiment ${experimentKey}.`);
        return null;
      }
      recording.impression(asked.config, asked.user, outcome);
      return outcome.variation.key;
    },
    getVariation(experimentKey, userId, attributes) {
      const asked = ask({ call: 'getVariation', userId, attributes, inputs: { experiment_key: experimentKey } });
      return (asked && decideByKey(asked, experimentKey)?.variation?.key) ?? null;
    },
    setForcedVariation(experimentKey, userId, variationKey) {
      const { config } = core.state;
      return config === null ? false : forced.set(config, experimentKey, userId, variationKey);
    },
    getForcedVariation(experimentKey, userId) {
      const { config } = core.state;
      return config && forced.get(config, experimentKey, userId);
    },
    isFeatureEnabled(featureKey, userId, attributes) {
      const asked = ask({ call: 'isFeatureEnabled', userId, attributes, inputs: { feature_key: featureKey } });
      return asked ? isEnabled(asked, featureKey) : false;
    },
    getEnabledFeatures(userId, attributes) {
      const asked = ask({ call: 'getEnabledFeatures', userId, attributes, inputs: {} });
      return asked ? [...asked.config.flags.keys()].filter((key) => isEnabled(asked, key)) : [];
    },
    getFeatureVariable: (...given) => readVariable('getFeatureVariable', undefined, given),
    getFeatureVariableBoolean: (...given) =>
      readVariable('getFeatureVariableBoolean', 'boolean', given) as boolean | null,
    getFeatureVariableDouble: (...given) => readVariable('getFeatureVariableDouble', 'double', given) as number | null,
    getFeatureVariableInteger: (...given) =>
      readVariable('getFeatureVariableInteger', 'integer', given) as number | null,
    getFeatureVariableString: (...given) => readVariable('getFeatureVariableString', 'string', given) as string | null,
    getFeatureVariableJSON: (...given) => readVariable('getFeatureVariableJSON', 'json', given),
    getAllFeatureVariables(featureKey, userId, attributes) {
      const asked = ask({ call: 'getAllFeatureVariables', userId, attributes, inputs: { feature_key: featureKey } });
      if (!asked || !knowsFlag(asked, featureKey)) return null;
      const outcome = evaluate(asked, featureKey, decide);
      const { enabled: featureEnabled, source } = outcome;
      const variableValues = copyVariables(outcome.variables);
      const sourceInfo = sourceInfoOf(outcome, ['feature-test']);
      notify(asked, 'all-feature-variables', { featureKey, featureEnabled, source, variableValues, sourceInfo });
      return variableValues;
    },
  };
}

/** @param sources The kinds of rules to include. */
function sourceInfoOf({ rule, variation, source }: DecisionOutcome, sources: readonly string[]): SourceInfo {
  if (!sources.includes(source) || rule === null || variation === null) return {};
  return { experimentKey: rule.key, variationKey: variation.key };
}
