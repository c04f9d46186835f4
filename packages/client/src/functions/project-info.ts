/** The project in a readable form: flags with their rules, variations and variables, built from a config on demand. */
import type {
  AttributeDefinition,
  EventDefinition,
  Flag,
  JsonValue,
  ProjectConfig,
  Rule,
  Variation,
} from '@sortition/core';
import { deepFreeze, exceedsDepth, setOwn, tryPart } from '@sortition/core/internal';
import { clientOf } from '../client-internals.ts';

/** A variable and its value as text. */
export interface VariableInfo {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly value: string;
}

/** A variation with the variables it serves. */
export interface VariationInfo {
  readonly id: string;
  readonly key: string;
  readonly enabled: boolean;
  readonly variables: Readonly<Record<string, VariableInfo>>;
}

/** An experiment or delivery. */
export interface RuleInfo {
  readonly id: string;
  readonly key: string;
  /** The audience conditions with names, such as `"vip" AND (NOT "staff")`; `''` for everyone. */
  readonly audiences: string;
  readonly variations: Readonly<Record<string, VariationInfo>>;
}

/** A flag; its variables have their default values. */
export interface FlagInfo {
  readonly id: string;
  readonly key: string;
  readonly experimentRules: readonly RuleInfo[];
  readonly deliveryRules: readonly RuleInfo[];
  readonly variables: Readonly<Record<string, VariableInfo>>;
}

/** An audience with its conditions as JSON text. */
export interface AudienceInfo {
  readonly id: string;
  readonly name: string;
  readonly conditions: string;
}

/** The contents of a project, frozen and shared by all callers. Records are by key. */
export interface ProjectInfo {
  readonly revision: string;
  readonly sdkKey: string;
  readonly environmentKey: string;
  readonly flags: Readonly<Record<string, FlagInfo>>;
  /** All experiments, also those without a flag; of several with one key the last. */
  readonly experiments: Readonly<Record<string, RuleInfo>>;
  readonly audiences: readonly AudienceInfo[];
  readonly attributes: readonly AttributeDefinition[];
  readonly events: readonly EventDefinition[];
}

/** A placeholder audience in newer datafiles, for older SDKs. */
const DUMMY_AUDIENCE = '$opt_dummy_audience';

/** By config, so that both are collected together. */
const built = new WeakMap<ProjectConfig, ProjectInfo>();

/**
 * Returns the project behind the flags of a client, frozen and shared; `null` before there is a config, and for a
 * config that was put together by hand and lacks a part.
 *
 * @throws SdkError `invalid-option` when `client` is not a client
 */
export function projectInfo(client: object): ProjectInfo | null {
  const { config } = clientOf(client).state;
  if (config === null) return null;
  const info = built.get(config) ?? tryPart(() => buildProjectInfo(config));
  if (info === undefined) return null;
  built.set(config, info);
  return info;
}

/** Builds the view of a config, frozen at every depth; linear in its size. */
function buildProjectInfo(config: ProjectConfig): ProjectInfo {
  const flags = [...config.flags.values()];
  const owners = new Map<string, Flag>();
  for (const flag of flags) for (const id of flag.experimentIds) if (!owners.has(id)) owners.set(id, flag);
  const experiments = new Map(
    config.experiments.map((rule) => [rule.id, buildRule(config, rule, owners.get(rule.id))]),
  );
  return deepFreeze({
    revision: config.revision,
    sdkKey: config.sdkKey,
    environmentKey: config.environmentKey,
    flags: toRecord(
      flags.map((flag) => ({
        id: flag.id,
        key: flag.key,
        experimentRules: flag.experimentIds.flatMap((id) => experiments.get(id) ?? []),
        deliveryRules: (config.rollouts.get(flag.rolloutId) ?? []).map((rule) => buildRule(config, rule, flag)),
        variables: buildVariables(flag),
      })),
    ),
    experiments: toRecord([...experiments.values()]),
    audiences: [...config.audiences.values()]
      .filter(({ id }) => id !== DUMMY_AUDIENCE)
      // Conditions that are nested too deeply to be evaluated are not written either.
      .map(({ id, name, conditions }) => ({
        id,
        name,
        conditions: exceedsDepth(conditions) ? '"nested too deeply to show"' : JSON.stringify(conditions),
      })),
    // Copied, because the result is frozen and the data of the source must not be.
    attributes: [...config.attributes.values()].map((attribute) => ({ ...attribute })),
    events: [...config.events.values()].map((event) => ({ ...event, experimentIds: [...event.experimentIds] })),
  });
}

function buildRule(config: ProjectConfig, rule: Rule, flag: Flag | undefined): RuleInfo {
  return {
    id: rule.id,
    key: rule.key,
    audiences: rule.hasAudienceConditions ? formatAudiences(config, rule.audienceConditions) : '',
    variations: toRecord(
      rule.variations.map((variation) => ({
        id: variation.id,
        key: variation.key,
        enabled: Boolean(variation.featureEnabled),
        variables: buildVariables(flag, variation),
      })),
    ),
  };
}

/** Builds the variables of a variation; a disabled one serves the defaults. */
function buildVariables(flag: Flag | undefined, variation?: Variation): Readonly<Record<string, VariableInfo>> {
  const usages = new Map(variation?.featureEnabled ? variation.variables?.map(({ id, value }) => [id, value]) : []);
  const variables = flag?.variables ?? [];
  return toRecord(
    variables.map(({ id, key, type, defaultValue }) => ({ id, key, type, value: usages.get(id) ?? defaultValue })),
  );
}

function toRecord<T extends { readonly key: string }>(entries: readonly T[]): Readonly<Record<string, T>> {
  const record: Record<string, T> = {};
  for (const entry of entries) setOwn(record, entry.key, entry);
  return record;
}

/** Operators go between their operands in capitals, names are quoted, nested trees are in parentheses. */
function formatAudiences(config: ProjectConfig, conditions: JsonValue | undefined, depth = 0): string {
  if (!Array.isArray(conditions)) {
    // A datafile may have an object here, and `String` throws for an object whose own "toString" is not a function.
    const id = typeof conditions === 'object' ? JSON.stringify(conditions) : String(conditions);
    return `"${config.audiences.get(id)?.name ?? id}"`;
  }
  if (depth > 100) return '…';
  const operator = conditions[0];
  const named = operator === 'and' || operator === 'or' || operator === 'not';
  const operands = (named ? conditions.slice(1) : conditions).map((operand: JsonValue) => {
    const text = formatAudiences(config, operand, depth + 1);
    return Array.isArray(operand) ? `(${text})` : text;
  });
  if (operator === 'not') return operands.length === 0 ? '' : `NOT ${operands[0]}`;
  return operands.join(operator === 'and' ? ' AND ' : ' OR ');
}
