/** Audiences without a rule, and experiments without a flag. */
import type { ProjectConfig } from '@sortition/core';
import type { Entities } from './entities.ts';
import type { Finding } from './finding.ts';
import { audienceIdsIn } from './rule-facts.ts';

/** Finds unused audiences and experiments. */
export function findUnused(config: ProjectConfig, entities: Entities): readonly Finding[] {
  const holdouts = [...config.globalHoldouts, ...[...config.localHoldouts.values()].flat()];
  const used = new Set(
    [...config.rules.values(), ...holdouts].flatMap((rule) => audienceIdsIn(rule.audienceConditions)),
  );
  const audiences = [...config.audiences.values()]
    // Datafiles use this id for audiences that older SDKs cannot read.
    .filter(({ id }) => !used.has(id) && id !== '$opt_dummy_audience')
    .map(
      ({ id, name }): Finding => ({
        code: 'unused-audience',
        path: entities.placeOf('id', id, 'audience'),
        message: `No rule uses the audience "${name}".`,
        level: 'info',
        hint: 'Take it out, or use it in a rule.',
      }),
    );
  const owned = new Set([...config.flags.values()].flatMap(({ experimentIds }) => experimentIds));
  const experiments = config.experiments
    .filter(({ id }) => !owned.has(id))
    .map(
      ({ id, key }): Finding => ({
        code: 'experiment-without-flag',
        path: entities.placeOf('id', id, 'experiment'),
        message: `The experiment "${key}" belongs to no flag: it is decided by its own key only.`,
        level: 'info',
        hint: 'Add its id to "experimentIds" of a flag, or take it out.',
      }),
    );
  return [...audiences, ...experiments];
}
