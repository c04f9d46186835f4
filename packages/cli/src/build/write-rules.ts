/** Rules, audiences of rules, groups and holdouts, as calls of the functions. */
import {
  type AudienceDefinition,
  type Definition,
  experiment,
  group,
  holdout,
  importedRule,
  type RuleAudience,
  type RuleDefinition,
  rollout,
} from '@sortition/authoring';
import type { JsonValue, Rule } from '@sortition/core';
import { widthsOf } from '../check/rule-facts.ts';
import { type Json, recordsOf } from '../json-value.ts';
import { quote } from '../types/json-shape.ts';
import { toCode, toObject } from './code.ts';
import { entitiesOf, type Source, type Written } from './written.ts';

export function writeExperiment(source: Source, rule: Rule): Written<RuleDefinition<string>> {
  const who = writeAudience(source, rule.audienceConditions);
  const widths = widthsOf(rule.trafficRanges);
  const status = rule.status === 'Running' || rule.status === 'Paused' ? rule.status : undefined;
  if (source.raw.rules.has(rule.id) || who === undefined || status === undefined)
    return writeImportedRule(source, 'experiment', rule);
  const split = Object.fromEntries(rule.variations.map(({ id, key }) => [key, (widths.get(id) ?? 0) / 100]));
  const allow = Object.fromEntries(rule.allowList ?? []);
  const entries: [string, string][] = [
    ...(who.value === undefined ? [] : [['audience', who.code] as [string, string]]),
    ['split', toCode(split, '        ')],
    ...(rule.allowList === undefined ? [] : [['allow', toCode(allow, '        ')] as [string, string]]),
    ...(status === 'Paused' ? [['status', quote(status)] as [string, string]] : []),
  ];
  return {
    value: experiment(rule.key, { split, allow, status, ...(who.value !== undefined && { audience: who.value }) }),
    code: `experiment(${quote(rule.key)}, ${toObject(entries, '    ')})`,
  };
}

export function writeDelivery(source: Source, rule: Rule): Written<RuleDefinition<string>> {
  const who = writeAudience(source, rule.audienceConditions);
  const [variation, ...others] = rule.variations;
  if (source.raw.rules.has(rule.id) || who === undefined || variation === undefined || others.length > 0)
    return writeImportedRule(source, 'delivery', rule);
  const share = (widthsOf(rule.trafficRanges).get(variation.id) ?? 0) / 100;
  const entries: [string, string][] = [
    ['key', quote(rule.key)],
    ['serve', quote(variation.key)],
    ...(who.value === undefined ? [] : [['audience', who.code] as [string, string]]),
    ...(share === 100 ? [] : [['share', String(share)] as [string, string]]),
  ];
  return {
    value: rollout({
      key: rule.key,
      serve: variation.key,
      share,
      ...(who.value !== undefined && { audience: who.value }),
    }),
    code: `rollout(${toObject(entries, '    ')})`,
  };
}

function writeImportedRule(source: Source, as: 'experiment' | 'delivery', rule: Rule): Written<RuleDefinition<string>> {
  source.raw.rules.add(rule.id);
  // Of two entities with one id the last one counts.
  const json = [...entitiesOf(source.document)].reverse().find(({ id }) => id === rule.id) ?? {};
  return { value: importedRule(as, json), code: `importedRule(${quote(as)}, ${toCode(json, '    ')})` };
}

/** `value` is `undefined` for everyone. Returns `undefined` when the audiences cannot be named. */
function writeAudience(
  source: Source,
  conditions: JsonValue | undefined,
): Written<RuleAudience | undefined> | undefined {
  if (conditions === undefined || conditions === null || conditions === '') return { value: undefined, code: '' };
  if (typeof conditions === 'string') return source.audiences.get(conditions);
  if (!Array.isArray(conditions)) return undefined;
  const [first, ...rest] = conditions as JsonValue[];
  if (first === undefined) return { value: undefined, code: '' };
  const operator = first === 'and' || first === 'or' || first === 'not' ? first : 'or';
  const operands = (operator === first ? rest : (conditions as JsonValue[])).map((operand) =>
    writeAudience(source, operand),
  );
  if (operands.length === 0 || operands.some((operand) => operand?.value === undefined)) return undefined;
  if (operator !== 'not' && operands.length === 1) return operands[0];
  return {
    value: [operator, ...operands.map((operand) => operand?.value as RuleAudience)],
    code: `[${[quote(operator), ...operands.map((operand) => operand?.code)].join(', ')}]`,
  };
}

export function writeGroup({ config }: Source, json: Json): Written<Definition> {
  const key = String(json.key ?? json.id);
  const widths = widthsOf(config.groups.get(String(json.id))?.trafficRanges ?? []);
  const members = recordsOf(json.experiments).map(
    ({ id, key: own }) => [String(own), (widths.get(String(id)) ?? 0) / 100] as const,
  );
  const shares = Object.fromEntries(members);
  return { value: group(key, shares), code: `group(${quote(key)}, ${toCode(shares)})` };
}

export function writeHoldout(source: Source, rule: Rule): Written<Definition> | undefined {
  const who = writeAudience(source, rule.audienceConditions);
  const [variation] = rule.variations;
  if (who === undefined || variation === undefined || Array.isArray(who.value)) return undefined;
  const share = (widthsOf(rule.trafficRanges).get(variation.id) ?? 0) / 100;
  const audienceOf = who.value as AudienceDefinition | undefined;
  return {
    value: holdout(rule.key, { share, ...(audienceOf !== undefined && { audience: audienceOf }) }),
    code: `holdout(${quote(rule.key)}, ${toObject([['share', String(share)], ...(audienceOf === undefined ? [] : [['audience', who.code] as const])])})`,
  };
}
