/** Rules that cannot serve anyone, because an earlier rule serves all their users. */
import type { ProjectConfig, Rule } from '@sortition/core';
import { canonicalJson } from '../json-value.ts';
import type { Entities } from './entities.ts';
import type { Finding } from './finding.ts';
import { BUCKETS, isForEveryone, rulesOf, servedBuckets } from './rule-facts.ts';

/** Finds unreachable rules, and running experiments without traffic. */
export function findUnreachableRules(config: ProjectConfig, entities: Entities): readonly Finding[] {
  const findings = new Map<Rule, Finding>();
  const placeOf = (rule: Rule): string => entities.placeOf('id', rule.id, 'experiment', 'delivery');
  const report = (flagKey: string, rule: Rule, by: Rule): void => {
    const why = isForEveryone(by) ? 'takes every user' : 'has the same audience and takes every user of it';
    findings.set(rule, {
      code: 'unreachable-rule',
      path: placeOf(rule),
      message: `No user reaches rule "${rule.key}" of flag "${flagKey}": rule "${by.key}" before it ${why}.`,
      level: 'warning',
      hint: `Move the rule before "${by.key}", or take it out.`,
    });
  };
  for (const flagKey of config.flags.keys()) {
    const { experiments, deliveries } = rulesOf(config, flagKey);
    const running = experiments.filter(({ status }) => status === 'Running');
    const closed: Rule[] = [];
    for (const rule of running) {
      const by = closed.find((other) => covers(other, rule));
      // A user on the allow-list is served before audiences are evaluated.
      if (by !== undefined && rule.allowList === undefined) report(flagKey, rule, by);
      if (servesAll(rule)) closed.push(rule);
      if (servedBuckets(rule) === 0 && rule.allowList === undefined && rule.cmab === undefined) {
        findings.set(rule, {
          code: 'no-traffic',
          path: placeOf(rule),
          message: `The running experiment "${rule.key}" of flag "${flagKey}" has no traffic and serves no user.`,
          level: 'warning',
          hint: 'Give it traffic, or pause it.',
        });
      }
    }
    // A user who meets a delivery's audience and is not in its share continues with the last delivery; rules between the two
    // are skipped.
    for (const [index, rule] of deliveries.entries()) {
      const isLast = index === deliveries.length - 1;
      const by =
        running.find((other) => servesAll(other) && covers(other, rule)) ??
        deliveries.slice(0, index).find((other) => covers(other, rule) && (!isLast || servesAll(other)));
      if (by !== undefined) report(flagKey, rule, by);
    }
  }
  return [...findings.values()];
}

/**
 * Returns whether every user in the audience gets a variation. `false` in an exclusion group, which may give a user
 * another experiment.
 */
function servesAll(rule: Rule): boolean {
  return rule.groupId === undefined && rule.cmab === undefined && servedBuckets(rule) >= BUCKETS;
}

/** Returns whether the audience of a rule includes every user of the other rule's audience. */
function covers(rule: Rule, other: Rule): boolean {
  if (isForEveryone(rule)) return true;
  return canonicalJson(rule.audienceConditions) === canonicalJson(other.audienceConditions);
}
