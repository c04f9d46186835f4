/** Traffic splits that do not add up. */
import type { ProjectConfig, Rule } from '@sortition/core';
import type { Entities } from './entities.ts';
import type { Finding } from './finding.ts';
import { BUCKETS, widthsOf } from './rule-facts.ts';

/**
 * Finds shares of unknown variations, ranges beyond the last bucket, variations without traffic, and unassigned
 * traffic.
 */
export function findSplitProblems(config: ProjectConfig, entities: Entities): readonly Finding[] {
  return config.experiments.flatMap((rule) => {
    if (rule.status !== 'Running' || rule.cmab !== undefined) return [];
    const place = entities.placeOf('id', rule.id, 'experiment');
    const path = place === '' ? '' : `${place}.trafficAllocation`;
    return problemsOf(rule).map((problem) => ({ ...problem, path }));
  });
}

function problemsOf(rule: Rule): Omit<Finding, 'path'>[] {
  const problems: Omit<Finding, 'path'>[] = [];
  const widths = widthsOf(rule.trafficRanges);
  const keys = new Map(rule.variations.map(({ id, key }) => [id, key]));
  for (const [entityId, width] of widths) {
    if (entityId === '' || keys.has(entityId)) continue;
    problems.push({
      code: 'split-unknown-variation',
      message: `${percent(width)} of the traffic of experiment "${rule.key}" goes to "${entityId}", which is not a variation of it; these users get no variation.`,
      level: 'error',
      hint: 'Give the share to a variation of the experiment, or leave its entityId empty.',
    });
  }
  const last = rule.trafficRanges.at(-1)?.endOfRange ?? 0;
  if (last > BUCKETS) {
    problems.push({
      code: 'split-too-large',
      message: `The shares of experiment "${rule.key}" add up to ${percent(last)}; what is above 100 % is never served.`,
      level: 'error',
      hint: 'Lower the shares to 100 % together.',
    });
  }
  const served = [...widths].reduce((sum, [id, width]) => sum + (keys.has(id) ? width : 0), 0);
  if (served > 0 && served < BUCKETS) {
    problems.push({
      code: 'split-partial',
      message: `The shares of experiment "${rule.key}" add up to ${percent(served)}; ${percent(BUCKETS - served)} of its users get no variation of it.`,
      level: 'info',
      hint: 'Nothing to do when the experiment is meant for a part of its audience.',
    });
  }
  const unserved = rule.variations.filter(({ id }) => !widths.has(id));
  if (served > 0 && unserved.length > 0 && rule.allowList === undefined) {
    problems.push({
      code: 'split-without-variation',
      message: `Experiment "${rule.key}" gives no traffic to ${unserved.map(({ key }) => `"${key}"`).join(' and ')}.`,
      level: 'info',
      hint: 'Take the variation out when it is over.',
    });
  }
  return problems;
}

function percent(buckets: number): string {
  return `${Number((buckets / 100).toFixed(2))} %`;
}
