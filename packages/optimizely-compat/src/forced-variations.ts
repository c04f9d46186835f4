/** Variations that an application forces for single users, by experiment; they outlive a new datafile. */
import type { Assignments, ProjectConfig, Rule } from '@sortition/core';
import { indexOf } from './config-index.ts';
import { refuseInputs } from './input-checks.ts';
import type { Reporter } from './reporter.ts';

/** The forced variations of a client. */
export interface ForcedVariations {
  /** Of one user, experiment id to variation id; `undefined` when nothing is forced. */
  of(config: ProjectConfig, userId: string): Assignments | undefined;
  get(config: ProjectConfig, experimentKey: string, userId: string): string | null;
  /** `null` removes. Returns whether that could be done. */
  set(config: ProjectConfig, experimentKey: string, userId: string, variationKey: string | null): boolean;
}

/** Creates the forced variations of a client. */
export function createForcedVariations(reporter: Reporter): ForcedVariations {
  /** User id to experiment id to variation id. */
  const forced = new Map<string, Map<string, string>>();

  function remove(userId: string, experimentId: string): boolean {
    const ofUser = forced.get(userId);
    if (userId === '' || ofUser === undefined) {
      const why =
        userId === ''
          ? 'Provided user ID is in an invalid format.'
          : `User ${userId} is not in the forced variation map. Cannot remove their forced variation.`;
      reporter.error(why);
      return false;
    }
    ofUser.delete(experimentId);
    return true;
  }

  return {
    of(config, userId) {
      const ofUser = forced.get(userId);
      if (ofUser === undefined || ofUser.size === 0) return undefined;
      return { get: (experimentId) => forcedFor(config, ofUser, experimentId) };
    },
    get(config, experimentKey, userId) {
      if (refuse(reporter, { experiment_key: experimentKey, user_id: userId })) return null;
      const experiment = indexOf(config).rules.get(experimentKey);
      const variationId = experiment && forced.get(userId)?.get(experiment.id);
      return (variationId !== undefined && indexOf(config).variations.get(variationId)?.key) || null;
    },
    set(config, experimentKey, userId, variationKey) {
      if (refuse(reporter, { experiment_key: experimentKey, user_id: userId })) return false;
      const experiment = indexOf(config).rules.get(experimentKey);
      if (experiment === undefined) {
        reporter.error(`Experiment key ${experimentKey} is not in datafile.`);
        return false;
      }
      if (variationKey === null || variationKey === undefined) return remove(userId, experiment.id);
      const variation = experiment.variations.filter(({ key }) => key === variationKey).at(-1);
      if (variation === undefined) {
        reporter.error(`No variation key ${variationKey} defined in datafile for experiment ${experimentKey}.`);
        return false;
      }
      const ofUser = forced.get(userId) ?? new Map<string, string>();
      forced.set(userId, ofUser.set(experiment.id, variation.id));
      return true;
    },
  };
}

/**
 * The variation of an experiment. Variations are forced by the key of an experiment: of several rules with that key each takes the
 * variation that has the forced one's key, among its own variations or those of its flag.
 */
function forcedFor(
  config: ProjectConfig,
  ofUser: ReadonlyMap<string, string>,
  experimentId: string,
): string | undefined {
  const experiment = config.rules.get(experimentId);
  const { rules, variations } = indexOf(config);
  const named = experiment && rules.get(experiment.key);
  const variationId = named && ofUser.get(named.id);
  if (variationId === undefined || named?.id === experimentId) return variationId;
  const key = variations.get(variationId)?.key;
  const known = [experiment, ...rulesBeside(config, experimentId)].flatMap((rule) => rule?.variations ?? []);
  return known.find((variation) => variation.key === key)?.id;
}

/** The rules of the first flag that has the experiment. */
function rulesBeside({ flags, rules, rollouts }: ProjectConfig, experimentId: string): readonly (Rule | undefined)[] {
  const flag = [...flags.values()].find(({ experimentIds }) => experimentIds.includes(experimentId));
  if (flag === undefined) return [];
  return [...flag.experimentIds.map((id) => rules.get(id)), ...(rollouts.get(flag.rolloutId) ?? [])];
}

/** Reports inputs that cannot be used; returns whether there are any. */
function refuse(reporter: Reporter, inputs: Parameters<typeof refuseInputs>[0]): boolean {
  const error = refuseInputs(inputs);
  if (error) reporter.report(error);
  return error !== undefined;
}
