/** Finds flags that have served one variation to everyone for a long time: their code can be removed. */
import type { ProjectConfig } from '@sortition/core';
import type { Entities } from './entities.ts';
import type { Finding } from './finding.ts';
import { BUCKETS, isForEveryone, rulesOf, servedBuckets, widthsOf } from './rule-facts.ts';

/** Finds flags that served everyone the same in the earlier revision too. Returns none without an earlier revision. */
export function findLaunchedFlags(
  config: ProjectConfig,
  earlier: ProjectConfig | undefined,
  entities: Entities,
): readonly Finding[] {
  if (earlier === undefined) return [];
  return [...config.flags.keys()].flatMap((flagKey): Finding[] => {
    const variationKey = soleVariation(config, flagKey);
    if (variationKey === undefined || soleVariation(earlier, flagKey) !== variationKey) return [];
    return [
      {
        code: 'launched-flag',
        path: entities.placeOf('key', flagKey, 'flag'),
        message: `The flag "${flagKey}" serves "${variationKey}" to every user, and did so in revision ${earlier.revision}.`,
        level: 'warning',
        hint: 'Keep what it serves in the code, and take the flag out.',
      },
    ];
  });
}

/** The variation that every user gets; `undefined` when users can get different ones. */
export function soleVariation(config: ProjectConfig, flagKey: string): string | undefined {
  if (config.globalHoldouts.some(({ status }) => status === 'Running')) return undefined;
  const { experiments, deliveries } = rulesOf(config, flagKey);
  if (experiments.some(({ status }) => status === 'Running')) return undefined;
  const [first] = deliveries;
  if (first === undefined || !isForEveryone(first) || servedBuckets(first) < BUCKETS) return undefined;
  if (config.localHoldouts.has(first.id)) return undefined;
  const [variationId, ...others] = widthsOf(first.trafficRanges).keys();
  return others.length > 0 ? undefined : first.variations.find(({ id }) => id === variationId)?.key;
}
