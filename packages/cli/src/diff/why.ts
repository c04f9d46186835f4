/**
 * Explains why a user's decision changed: what changed in the rule that served them before, or in the rule that serves
 * them after.
 */
import {
  type DecisionOutcome,
  decide,
  type ProjectConfig,
  type Reason,
  type Rule,
  type UserSnapshot,
} from '@sortition/core';
import { rulesOf } from '../check/rule-facts.ts';

/** A reason, as a word and as a sentence without its full stop. */
export interface Why {
  readonly code: WhyCode;
  readonly text: string;
}

/** The codes of reasons. */
export type WhyCode =
  | 'flag-added'
  | 'flag-removed'
  | 'holdout'
  | 'allow-list'
  | 'audience'
  | 'group'
  | 'rule-added'
  | 'rule-removed'
  | 'rule-started'
  | 'rule-stopped'
  | 'rule-moved'
  | 'rule-id'
  | 'split'
  | 'values'
  | 'order';

/** One side of the comparison. */
export interface Side {
  readonly config: ProjectConfig;
  readonly outcome: DecisionOutcome;
}

/** Finds the reason. The two outcomes differ. */
export function explainChange(flagKey: string, user: UserSnapshot, before: Side, after: Side): Why {
  if (!before.config.flags.has(flagKey)) return { code: 'flag-added', text: 'the flag is new' };
  if (!after.config.flags.has(flagKey)) return { code: 'flag-removed', text: 'the flag is gone' };
  const [old, now] = [before.outcome.rule, after.outcome.rule];
  if (before.outcome.source === 'holdout' || after.outcome.source === 'holdout') {
    if (old?.key !== now?.key || before.outcome.source !== after.outcome.source) return explainHoldout(before, after);
  }
  const bases = [before.outcome.basis, after.outcome.basis];
  if (bases.includes('allow-list')) {
    const listing = bases[1] === 'allow-list' ? now : old;
    const [listedBefore, listedAfter] = [before, after].map(({ config }) =>
      ruleByKey(config, flagKey, listing?.key)?.allowList?.get(user.userId),
    );
    if (listedBefore !== listedAfter)
      return { code: 'allow-list', text: `the allow-list of rule "${listing?.key}" changed` };
  }
  if (old !== null && now !== null && old.key === now.key) return explainSameRule(before, after, old, now);
  const order = orderOf(after.config, flagKey);
  const oldPlace = old === null ? -1 : order.findIndex(({ key }) => key === old.key);
  const nowPlace = now === null ? -1 : order.findIndex(({ key }) => key === now.key);
  if (old !== null && (oldPlace < 0 || now === null || nowPlace > oldPlace))
    return explainLoss(flagKey, user, old, after);
  return now === null
    ? { code: 'order', text: 'the order of rules changed' }
    : explainGain(flagKey, user, now, before, after);
}

function explainHoldout(before: Side, after: Side): Why {
  if (after.outcome.source === 'holdout')
    return { code: 'holdout', text: `holdout "${after.outcome.rule?.key}" keeps the user out` };
  return { code: 'holdout', text: `holdout "${before.outcome.rule?.key}" no longer keeps the user out` };
}

function explainSameRule(before: Side, after: Side, old: Rule, now: Rule): Why {
  const [oldKey, nowKey] = [before.outcome.variation?.key, after.outcome.variation?.key];
  if (oldKey === nowKey) return { code: 'values', text: `the values of variation "${nowKey}" changed` };
  if (old.id !== now.id)
    return { code: 'rule-id', text: `rule "${now.key}" has another id, by which users are bucketed` };
  return { code: 'split', text: `the split of rule "${now.key}" changed` };
}

/** The old rule does not serve the user in the new datafile. */
function explainLoss(flagKey: string, user: UserSnapshot, old: Rule, after: Side): Why {
  const rule = ruleByKey(after.config, flagKey, old.key);
  if (rule === undefined) return { code: 'rule-removed', text: `rule "${old.key}" is gone` };
  if (isExperiment(after.config, flagKey, rule) && rule.status !== 'Running')
    return {
      code: 'rule-stopped',
      text: `rule "${old.key}" is ${rule.status === '' ? 'not running' : rule.status.toLowerCase()}`,
    };
  const facts = factsOf(after.config, user, flagKey, old.key);
  if (facts.verdict === false)
    return { code: 'audience', text: `the audience of rule "${old.key}" no longer has the user` };
  if (facts.isOutOfGroup)
    return { code: 'group', text: `the exclusion group gives the user another experiment than "${old.key}"` };
  if (rule.id !== old.id && facts.isBucketed)
    return { code: 'rule-id', text: `rule "${old.key}" has another id, by which users are bucketed` };
  if (facts.isBucketed) return { code: 'split', text: `the split of rule "${old.key}" no longer has the user` };
  return { code: 'order', text: `another rule serves the user before rule "${old.key}" is evaluated` };
}

/** The new rule did not serve the user in the old datafile. */
function explainGain(flagKey: string, user: UserSnapshot, now: Rule, before: Side, after: Side): Why {
  const rule = ruleByKey(before.config, flagKey, now.key);
  if (rule === undefined) return { code: 'rule-added', text: `rule "${now.key}" is new` };
  if (isExperiment(before.config, flagKey, rule) && rule.status !== 'Running')
    return { code: 'rule-started', text: `rule "${now.key}" is running now` };
  const facts = factsOf(before.config, user, flagKey, now.key);
  if (facts.verdict === false) return { code: 'audience', text: `the audience of rule "${now.key}" has the user now` };
  if (facts.isOutOfGroup) return { code: 'group', text: `the exclusion group gives the user "${now.key}" now` };
  if (rule.id !== now.id && facts.isBucketed)
    return { code: 'rule-id', text: `rule "${now.key}" has another id, by which users are bucketed` };
  if (facts.isBucketed) return { code: 'split', text: `the split of rule "${now.key}" has the user now` };
  const [was, is] = [before.config, after.config].map((config) =>
    orderOf(config, flagKey).findIndex(({ key }) => key === now.key),
  );
  return was === is
    ? { code: 'order', text: `rule "${now.key}" is reached now` }
    : { code: 'rule-moved', text: `rule "${now.key}" has another position` };
}

/** Returns the result of an evaluation at one rule. */
function factsOf(
  config: ProjectConfig,
  user: UserSnapshot,
  flagKey: string,
  ruleKey: string,
): { readonly verdict: boolean | undefined; readonly isOutOfGroup: boolean; readonly isBucketed: boolean } {
  const reasons: Reason[] = [];
  decide(config, user, flagKey, { trace: { reasons } });
  const own = reasons.filter((reason) => 'ruleKey' in reason && reason.ruleKey === ruleKey);
  const asked = own.find((reason) => reason.code === 'audiences-evaluated');
  return {
    verdict: asked === undefined ? undefined : asked.code === 'audiences-evaluated' && asked.verdict === true,
    isOutOfGroup: own.some(({ code }) => code === 'group-none' || code === 'group-other'),
    isBucketed: own.some(({ code }) => code === 'bucket-assigned'),
  };
}

function orderOf(config: ProjectConfig, flagKey: string): readonly Rule[] {
  const { experiments, deliveries } = rulesOf(config, flagKey);
  return [...experiments, ...deliveries];
}

function ruleByKey(config: ProjectConfig, flagKey: string, ruleKey: string | undefined): Rule | undefined {
  return orderOf(config, flagKey).find(({ key }) => key === ruleKey);
}

function isExperiment(config: ProjectConfig, flagKey: string, rule: Rule): boolean {
  return rulesOf(config, flagKey).experiments.includes(rule);
}
