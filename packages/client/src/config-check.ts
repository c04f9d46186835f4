/** What a config source delivers: foreign code may deliver anything, such as the datafile itself. */
import type { ProjectConfig } from '@sortition/core';

const MAPS = ['flags', 'rules', 'rollouts', 'groups', 'audiences', 'localHoldouts', 'attributes', 'events'] as const;

/**
 * Tells whether a value has the shape of a project config, without reading its maps and lists: an application that fills
 * those by hand is responsible for their content. Throws what reading the value throws.
 */
export function isProjectConfig(value: unknown): value is ProjectConfig {
  const config = value as Partial<ProjectConfig> | null | undefined;
  return (
    typeof config?.revision === 'string' &&
    MAPS.every((name) => typeof config[name]?.get === 'function') &&
    Array.isArray(config.globalHoldouts) &&
    // A getter is not called: it reads all experiments, which a config may do when they are needed.
    (Object.getOwnPropertyDescriptor(config, 'experiments')?.get !== undefined || Array.isArray(config.experiments))
  );
}
