/**
 * Converts a datafile to the code that builds it.
 *
 * Everything is first written with the functions of `@sortition/authoring`. Then the code is built, and each entity
 * that differs is written as in the datafile, until nothing differs.
 */
import {
  attribute,
  audience,
  buildDatafile,
  type Definition,
  event,
  flag,
  type ImportedSection,
  imported,
  variables,
} from '@sortition/authoring';
import type { Flag, ProjectConfig } from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';
import { rulesOf } from '../check/rule-facts.ts';
import { type Json, recordsOf } from '../json-value.ts';
import { formatKey, quote } from '../types/json-shape.ts';
import { createNames, toCode, toObject, wrap } from './code.ts';
import { writeCondition } from './import-audience.ts';
import { findUnwritable, markDifferences, sizeOf } from './unwritable.ts';
import { defaultOf, readValueOf } from './variable-values.ts';
import { writeDelivery, writeExperiment, writeGroup, writeHoldout } from './write-rules.ts';
import type { Source, Written } from './written.ts';

/** The code of a project. */
export interface ImportedProject {
  readonly code: string;
  readonly definitions: readonly Definition[];
  /** Number of entities that the code writes as in the datafile. */
  readonly asInDatafile: number;
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

/** Writes the code of a project. @throws Error when building that code gives a different project */
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
    return undefined; // the functions reject it, so it is written as in the datafile
  }
}
