/** Variations that an application forces for single users, by experiment; they outlive a new datafile. */
import type { Assignments, ProjectConfig } from '@sortition/core';
import { indexOf } from './config-index.ts';
import { refuseInputs } from './input-checks.ts';
import type { Reporter } from './reporter.ts';

/** The forced variations of a client. */
export interface ForcedVariations {
  /** Of one user, experiment id to variation id; `undefined` when nothing is forced. */
  of(userId: string): Assignments | undefined;
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
    of: (userId) => (forced.size === 0 ? undefined : forced.get(userId)),
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

/** Reports inputs that cannot be used; returns whether there are any. */
function refuse(reporter: Reporter, inputs: Parameters<typeof refuseInputs>[0]): boolean {
  const error = refuseInputs(inputs);
  if (error) reporter.report(error);
  return error !== undefined;
}
