/**
 * From a datafile to the code that builds it again.
 *
 * Everything is first written with the functions of `@sortition/authoring`. Then it is built, and what does not come out as it
 * was is written as it stands in the datafile, until nothing differs.
 */
import {
  type AudienceDefinition,
  attribute,
  audience,
  buildDatafile,
  type Definition,
  double,
  event,
  experiment,
  flag,
  group,
  holdout,
  type ImportedSection,
  imported,
  importedRule,
  type RuleAudience,
  type RuleDefinition,
  rollout,
  variables,
} from '@sortition/authoring';
import type { Flag, JsonValue, ProjectConfig, Rule, Variable } from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';
import { BUCKETS, ownersOf, rulesOf, widthsOf } from '../check/rule-facts.ts';
import { canonicalJson, type Json, recordsOf } from '../json-value.ts';
import { formatKey, quote } from '../types/json-shape.ts';
import { createNames, toCode, toObject, wrap } from './code.ts';
import { writeCondition } from './import-audience.ts';
import { isSameAudience, isSameFlag, isSameRule } from './same-meaning.ts';

/** The code of a project. */
export interface ImportedProject {
  readonly code: string;
  readonly definitions: readonly Definition[];
  /** Entities that stand in the code as in the datafile. */
  readonly asInDatafile: number;
}

/** A definition and the code that makes it. */
interface Written<T> {
  readonly value: T;
  readonly code: string;
}

/** What cannot be written with the functions. */
interface Raw {
  readonly rules: Set<string>;
  readonly flags: Set<string>;
  readonly audiences: Set<string>;
  readonly holdouts: Set<string>;
  readonly groups: Set<string>;
}

interface Source {
  readonly document: Json;
  readonly config: ProjectConfig;
  readonly raw: Raw;
  /** Audience id to its definition and the name it has in the code. */
  readonly audiences: Map<string, Written<AudienceDefinition>>;
}

const FUNCTIONS = [
  'all',
  'any',
  'attribute',
  'audience',
  'condition',
  'double',
  'event',
  'experiment',
  'flag',
  'group',
  'holdout',
  'imported',
  'importedRule',
  'not',
  'rollout',
  'variables',
] as const;

/** Writes the code of a project. @throws Error when what it builds is still another project */
export function importProject(document: Json, config: ProjectConfig): ImportedProject {
  const raw = findUnwritable(document, config);
  for (;;) {
    const before = sizeOf(raw);
    const written = writeProject({ document, config, raw, audiences: new Map() });
    const { datafile } = buildDatafile(written.definitions, { previous: document });
    markDifferences(config, parseDatafile(datafile).config, raw);
    if (sizeOf(raw) === before) return { ...written, asInDatafile: before };
  }
}

function sizeOf(raw: Raw): number {
  return Object.values(raw).reduce((sum: number, set: Set<string>) => sum + set.size, 0);
}

/** What the functions have no words for, or refuse. */
function findUnwritable(document: Json, config: ProjectConfig): Raw {
  const raw: Raw = { rules: new Set(), flags: new Set(), audiences: new Set(), holdouts: new Set(), groups: new Set() };
  const isKey = (key: string) => /^[\w-]+$/.test(key);
  const users = new Map<string, number>();
  for (const { experimentIds } of config.flags.values())
    for (const id of new Set(experimentIds)) users.set(id, (users.get(id) ?? 0) + 1);
  const keys = new Map<string, number>();
  for (const { key } of config.rules.values()) keys.set(key, (keys.get(key) ?? 0) + 1);
  const sources = new Map(entitiesOf(document).map((json) => [json.id, json]));
  for (const rule of config.rules.values()) {
    const isPlain =
      isKey(rule.key) &&
      keys.get(rule.key) === 1 &&
      (users.get(rule.id) ?? 0) <= 1 &&
      rule.cmab === undefined &&
      sources.get(rule.id)?.type !== 'fr' &&
      hasPlainRanges(rule.trafficRanges) &&
      rule.variations.every(({ key }) => key !== '');
    if (!isPlain) raw.rules.add(rule.id);
  }
  for (const [key, { variables: own }] of config.flags) {
    const isPlain =
      isKey(key) && own.every((variable) => variable.key !== 'enabled' && defaultOf(variable) !== undefined);
    if (!isPlain) raw.flags.add(key);
  }
  const names = [...config.audiences.values()].map(({ name }) => name);
  for (const { id, name } of config.audiences.values())
    if (name === '' || names.indexOf(name) !== names.lastIndexOf(name)) raw.audiences.add(id);
  for (const rule of config.globalHoldouts)
    if (!isKey(rule.key) || !hasPlainRanges(rule.trafficRanges) || rule.variations.length !== 1)
      raw.holdouts.add(rule.id);
  const attached = new Set([...config.flags.values()].flatMap(({ experimentIds }) => experimentIds));
  for (const { id, policy, trafficRanges } of config.groups.values()) {
    const members = [...config.rules.values()].filter(({ groupId }) => groupId === id);
    const known = new Set(['', ...members.map((member) => member.id)]);
    const isPlain =
      isKey(id) &&
      policy === 'random' &&
      hasPlainRanges(trafficRanges) &&
      trafficRanges.every(({ entityId }) => known.has(entityId)) &&
      members.every((member) => attached.has(member.id) && keys.get(member.key) === 1);
    if (!isPlain) raw.groups.add(id);
  }
  return raw;
}

function hasPlainRanges(ranges: Rule['trafficRanges']): boolean {
  return ranges.every(({ endOfRange }) => Number.isInteger(endOfRange) && endOfRange >= 0 && endOfRange <= BUCKETS);
}

function markDifferences(before: ProjectConfig, after: ProjectConfig, raw: Raw): void {
  for (const item of before.audiences.values())
    if (!isSameAudience(item, after.audiences.get(item.id))) raw.audiences.add(item.id);
  for (const [key, { variables: own }] of before.flags) {
    const { experiments, deliveries } = rulesOf(before, key);
    for (const rule of experiments) if (!isSameRule(rule, after.rules.get(rule.id), own, false)) raw.rules.add(rule.id);
    for (const rule of deliveries) if (!isSameRule(rule, after.rules.get(rule.id), own, true)) raw.rules.add(rule.id);
    if (!isSameFlag(key, before, after)) raw.flags.add(key);
  }
  for (const rule of before.globalHoldouts)
    if (
      !isSameRule(
        rule,
        after.globalHoldouts.find(({ id }) => id === rule.id),
        [],
        false,
      )
    )
      raw.holdouts.add(rule.id);
  for (const item of before.groups.values()) {
    const built = after.groups.get(item.id);
    if (
      built?.policy !== item.policy ||
      canonicalJson(ownersOf(built.trafficRanges)) !== canonicalJson(ownersOf(item.trafficRanges))
    )
      raw.groups.add(item.id);
  }
}

function writeProject(source: Source): Omit<ImportedProject, 'asInDatafile'> {
  const { document, config, raw, audiences } = source;
  const nameOf = createNames(FUNCTIONS);
  const parts: Written<Definition>[] = [];
  const add = (key: string, written: Written<Definition>): void => {
    parts.push({ value: written.value, code: `export const ${nameOf(key)} = ${written.code};` });
  };
  const addImported = (section: ImportedSection, json: Json): void =>
    add(`${String(json.key ?? json.name ?? json.id)}`, {
      value: imported(section, json),
      code: `imported(${quote(section)}, ${toCode(json)})`,
    });
  for (const item of config.audiences.values()) {
    if (raw.audiences.has(item.id)) continue;
    const name = nameOf(item.name);
    const { make, code } = writeCondition(item.conditions, '');
    const user = /\buser[.[]/.test(code) ? '(user)' : '()';
    const value = audience(item.name, (conditions) => make(conditions));
    parts.push({ value, code: `export const ${name} = audience(${quote(item.name)}, ${user} => ${code});` });
    audiences.set(item.id, { value, code: name });
  }
  const isTyped = new Set(recordsOf(document.typedAudiences).map(({ id }) => id));
  for (const section of ['typedAudiences', 'audiences'] as const)
    for (const json of recordsOf(document[section]))
      if (raw.audiences.has(String(json.id)) && (section === 'typedAudiences' || !isTyped.has(json.id)))
        addImported(section, json);
  for (const key of config.events.keys())
    if (key !== '') add(`${key} event`, { value: event(key), code: `event(${quote(key)})` });
  for (const key of config.attributes.keys())
    if (key !== '') add(`${key} attribute`, { value: attribute(key), code: `attribute(${quote(key)})` });
  const written = new Set<string>();
  for (const [key, item] of config.flags) {
    const found = raw.flags.has(key) ? undefined : writeFlag(source, item);
    if (found !== undefined) {
      add(key, found);
      const { experiments, deliveries } = rulesOf(config, key);
      for (const { id } of [...experiments, ...deliveries]) written.add(id);
    } else for (const json of recordsOf(document.featureFlags)) if (json.key === key) addImported('featureFlags', json);
  }
  for (const json of recordsOf(document.rollouts)) {
    const own = recordsOf(json.experiments);
    if (own.length > 0 && !own.every(({ id }) => written.has(String(id)))) addImported('rollouts', json);
  }
  for (const json of recordsOf(document.groups)) {
    const isWritten = recordsOf(json.experiments).every(({ id }) => written.has(String(id)));
    if (raw.groups.has(String(json.id)) || !isWritten) addImported('groups', json);
    else if (config.groups.has(String(json.id))) add(`${String(json.key ?? json.id)} group`, writeGroup(source, json));
  }
  for (const json of recordsOf(document.experiments))
    if (!written.has(String(json.id))) addImported('experiments', json);
  for (const json of recordsOf(document.holdouts)) {
    const rule = config.globalHoldouts.find(({ id }) => id === json.id);
    const plain = rule === undefined || raw.holdouts.has(rule.id) ? undefined : writeHoldout(source, rule);
    if (plain === undefined) addImported('holdouts', json);
    else add(`${String(json.key)} holdout`, plain);
  }
  for (const json of recordsOf(document.localHoldouts)) addImported('localHoldouts', json);
  const body = parts.map(({ code }) => code).join('\n\n');
  const used = FUNCTIONS.filter((name) => new RegExp(`(?<![.\\w'])${name}\\(`).test(body));
  const imports = wrap(used, 'import { ', " } from '@sortition/authoring';");
  const header = '/** Flags, as they were imported. Their ids and buckets are in the lock file beside them. */';
  return { code: `${header}\n${imports}\n\n${body}\n`, definitions: parts.map(({ value }) => value) };
}

function writeFlag(source: Source, item: Flag): Written<Definition> | undefined {
  const { experiments, deliveries } = rulesOf(source.config, item.key);
  const variations = new Map<string, Record<string, unknown>>();
  for (const rule of [...experiments, ...deliveries]) {
    for (const { id: _id, key, featureEnabled = false, variables: usages = [] } of rule.variations) {
      if (variations.has(key)) continue;
      const values: Record<string, unknown> = featureEnabled ? {} : { enabled: false };
      for (const variable of item.variables) {
        const own = usages.find(({ id }) => id === variable.id);
        const value = own === undefined ? undefined : readValueOf(variable, own.value);
        if (value !== undefined) values[variable.key] = value;
      }
      variations.set(key, values);
    }
  }
  const rules = [
    ...experiments.map((rule) => writeExperiment(source, rule)),
    ...deliveries.map((rule) => writeDelivery(source, rule)),
  ];
  const defaults = item.variables.map((variable) => [variable.key, defaultOf(variable)] as const);
  const entries: [string, string][] = [];
  if (defaults.length > 0)
    entries.push([
      'variables',
      `variables(${toObject(
        defaults.map(([key, found]) => [key, found?.code ?? '']),
        '  ',
      )})`,
    ]);
  entries.push([
    'variations',
    toObject(
      [...variations].map(([key, values]) => [key, toCode(values, '    ')]),
      '  ',
    ),
  ]);
  if (rules.length > 0)
    entries.push([
      'rules',
      wrap(
        rules.map(({ code }) => code),
        '[',
        ']',
        '  ',
      ),
    ]);
  try {
    return {
      value: flag(item.key, {
        variables: variables(Object.fromEntries(defaults.map(([key, found]) => [key, found?.value]))),
        variations: Object.fromEntries(variations) as Record<string, object>,
        rules: rules.map(({ value }) => value),
      }) as unknown as Definition,
      code: `flag(${quote(item.key)}, {\n${entries.map(([key, code]) => `  ${formatKey(key)}: ${code},`).join('\n')}\n})`,
    };
  } catch {
    return undefined; // the functions refuse it, so that it is written as it stands
  }
}

function writeExperiment(source: Source, rule: Rule): Written<RuleDefinition<string>> {
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

function writeDelivery(source: Source, rule: Rule): Written<RuleDefinition<string>> {
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

/** `value` is `undefined` for everyone; no answer when the audiences cannot be named. */
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

function writeGroup({ config }: Source, json: Json): Written<Definition> {
  const key = String(json.key ?? json.id);
  const widths = widthsOf(config.groups.get(String(json.id))?.trafficRanges ?? []);
  const members = recordsOf(json.experiments).map(
    ({ id, key: own }) => [String(own), (widths.get(String(id)) ?? 0) / 100] as const,
  );
  const shares = Object.fromEntries(members);
  return { value: group(key, shares), code: `group(${quote(key)}, ${toCode(shares)})` };
}

function writeHoldout(source: Source, rule: Rule): Written<Definition> | undefined {
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

/** A variable's default as the functions take it; `undefined` when its text is not of its type. */
function defaultOf(variable: Variable): Written<unknown> | undefined {
  const value = readValueOf(variable, variable.defaultValue);
  if (value === undefined) return undefined;
  const isWholeDouble = variable.type === 'double' && Number.isInteger(value);
  const code = toCode(value, '    ');
  return isWholeDouble ? { value: double(value as number), code: `double(${code})` } : { value, code };
}

function readValueOf({ type }: Variable, text: string): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'integer':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case 'double':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'json':
      return readJson(text);
    default:
      return undefined;
  }
}

function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // An object of these two keys would be read as a definition.
    const isDefinition = typeof value === 'object' && value !== null && 'type' in value && 'defaultValue' in value;
    return typeof value === 'object' && value !== null && !isDefinition ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Every experiment and delivery as it stands. */
function entitiesOf(document: Json): readonly Json[] {
  return [
    ...recordsOf(document.experiments),
    ...[...recordsOf(document.groups), ...recordsOf(document.rollouts)].flatMap(({ experiments }) =>
      recordsOf(experiments),
    ),
  ];
}
