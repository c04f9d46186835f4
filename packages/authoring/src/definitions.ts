/**
 * Definitions: what a module of flags exports. Plain frozen data, so that building them twice gives the same result.
 */
import { SdkError } from '@sortition/core/errors';
import { checkRecord } from './checked-record.ts';
import { type Condition, type ConditionTree, type ConditionUser, conditionUser } from './conditions.ts';
import type { VariableDefinitions, VariableValues } from './variables.ts';

/** A named condition. */
export interface AudienceDefinition {
  readonly kind: 'audience';
  readonly name: string;
  readonly tree: ConditionTree;
}

/** Audiences of a rule, combined: `['and', members, ['not', trial]]`. */
export type AudienceCombination = readonly ['and' | 'or' | 'not', ...RuleAudience[]];

/** The audience of a rule. */
export type RuleAudience = AudienceDefinition | AudienceCombination;

/** Users of an audience, split among variations. */
export interface ExperimentDefinition<V extends string = string> {
  readonly kind: 'experiment';
  readonly key: string;
  readonly audience: RuleAudience | undefined;
  /** Variation key to percent of all traffic. */
  readonly split: Readonly<Partial<Record<V, number>>>;
  /** User id to the variation key that the user always gets. */
  readonly allow: Readonly<Record<string, V>>;
  readonly status: 'Running' | 'Paused';
}

/** Users of an audience who all get one variation. */
export interface RolloutDefinition<V extends string = string> {
  readonly kind: 'rollout';
  readonly key: string | undefined;
  readonly audience: RuleAudience | undefined;
  readonly serve: V;
  /** Percent of the audience. */
  readonly share: number;
}

/** A rule of a flag. */
export type RuleDefinition<V extends string = string> =
  | ExperimentDefinition<V>
  | RolloutDefinition<V>
  | ImportedRuleDefinition;

/** A rule in the format of a datafile, for rules that these functions cannot express. */
export interface ImportedRuleDefinition {
  readonly kind: 'imported-rule';
  readonly as: 'experiment' | 'delivery';
  readonly json: Readonly<Record<string, unknown>>;
}

/** An entity in the format of a datafile. */
export interface ImportedDefinition {
  readonly kind: 'imported';
  readonly key: string;
  readonly section: ImportedSection;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Sections of a datafile that can be imported one entity at a time. */
export type ImportedSection =
  | 'featureFlags'
  | 'experiments'
  | 'groups'
  | 'rollouts'
  | 'holdouts'
  | 'localHoldouts'
  | 'typedAudiences'
  | 'audiences';

/** What a variation changes: values of variables, and whether the flag is on. */
export type VariationDefinition<Variables> = { readonly [K in keyof Variables]?: Variables[K] } & {
  readonly enabled?: boolean;
};

/** A flag with its rules. */
export interface FlagDefinition<
  Key extends string = string,
  Variables extends object = object,
  VariationKey extends string = string,
> {
  readonly kind: 'flag';
  readonly key: Key;
  readonly variables: VariableDefinitions;
  readonly variations: Readonly<Record<VariationKey, Readonly<Record<string, unknown>>>>;
  readonly rules: readonly RuleDefinition<VariationKey>[];
  /** Environment name to the rules for that environment. */
  readonly environments: Readonly<Record<string, readonly RuleDefinition<VariationKey>[]>>;
  /** Only a type: the values of the variables. */
  readonly values?: Variables;
}

/** Users kept out of flags, so that the effect of all of them can be measured. */
export interface HoldoutDefinition {
  readonly kind: 'holdout';
  readonly key: string;
  readonly audience: AudienceDefinition | undefined;
  /** Percent of all traffic. */
  readonly share: number;
  /** Keys of the rules it is for; `undefined` for every flag. */
  readonly rules: readonly string[] | undefined;
}

/** Experiments of which a user enters at most one. */
export interface GroupDefinition {
  readonly kind: 'group';
  readonly key: string;
  /** Experiment key to percent of all traffic. */
  readonly experiments: Readonly<Record<string, number>>;
}

/** A conversion. */
export interface EventDefinition<Key extends string = string> {
  readonly kind: 'event';
  readonly key: Key;
}

/** An attribute that reports should have. Attributes of audiences need no definition. */
export interface AttributeDefinition<Key extends string = string> {
  readonly kind: 'attribute';
  readonly key: Key;
}

/** Anything a module of flags may export. */
export type Definition =
  | AudienceDefinition
  | FlagDefinition
  | HoldoutDefinition
  | GroupDefinition
  | EventDefinition
  | AttributeDefinition
  | ImportedDefinition;

/**
 * Names a condition.
 *
 * @param name Unique among audiences.
 * @param describe Uses attributes by name; `audience<'plan' | 'country'>` allows these and no others.
 * @example
 * audience('Members', (user) => user.plan.in('member', 'gold'));
 */
export function audience<Attribute extends string = string>(
  name: string,
  describe: (user: ConditionUser<Attribute>) => Condition,
): AudienceDefinition {
  checkText(name, 'The name of an audience');
  const condition: Condition | undefined =
    typeof describe === 'function' ? describe(conditionUser as ConditionUser<Attribute>) : undefined;
  const tree = condition?.tree;
  if (typeof tree !== 'object' || tree === null)
    throw invalid(`The audience "${name}" has no condition; expected one such as user.plan.is("gold").`);
  return { kind: 'audience', name, tree };
}

/** Splits users among variations. Shares are percents of all traffic, together at most 100. */
export function experiment<const V extends string>(
  key: string,
  options: {
    readonly split: Readonly<Partial<Record<V, number>>>;
    readonly audience?: RuleAudience;
    readonly allow?: Readonly<Record<string, NoInfer<V>>>;
    readonly status?: 'Running' | 'Paused';
  },
): ExperimentDefinition<V> {
  checkKey(key, 'experiment');
  const {
    split,
    audience: who,
    allow = {},
    status = 'Running',
  } = checkRecord(options, `Experiment "${key}"`, '{ split }');
  checkRecord(split, `The split of experiment "${key}"`, 'percent by variation key');
  checkRecord(allow, `"allow" of experiment "${key}"`, 'variation keys by user id');
  return { kind: 'experiment', key, audience: checkAudience(who), split, allow, status };
}

/** Serves one variation, to an audience or to everyone, or to a share of them. */
export function rollout<const V extends string>(options: {
  readonly serve: V;
  readonly audience?: RuleAudience;
  readonly share?: number;
  /** By default made from flag, audience and variation. */
  readonly key?: string;
}): RolloutDefinition<V> {
  const { serve, audience: who, share = 100, key } = checkRecord(options, 'A rollout', '{ serve }');
  if (key !== undefined) checkKey(key, 'rollout');
  return { kind: 'rollout', key, audience: checkAudience(who), serve, share };
}

/**
 * Defines a flag.
 *
 * @param options.rules In order; the first that serves a user decides.
 * @throws SdkError `invalid-option` for a key with other characters than letters, digits, `-` and `_`, and for variations
 * that do not exist
 */
export function flag<
  const Key extends string,
  const Variations extends Readonly<Record<string, VariationDefinition<VariableValues<D>>>>,
  D extends VariableDefinitions = Record<never, never>,
>(
  key: Key,
  options: {
    readonly variables?: D;
    readonly variations: Variations;
    readonly rules?: readonly RuleDefinition<NoInfer<keyof Variations & string>>[];
    readonly environments?: Readonly<Record<string, readonly RuleDefinition<NoInfer<keyof Variations & string>>[]>>;
  },
): FlagDefinition<Key, VariableValues<D>, keyof Variations & string> {
  checkKey(key, 'flag');
  const {
    variables = {},
    variations,
    rules = [],
    environments = {},
  } = checkRecord(options, `Flag "${key}"`, '{ variations }');
  checkRecord(variations, `"variations" of flag "${key}"`, 'values of variables by variation key');
  checkRecord(variables, `"variables" of flag "${key}"`, 'what variables() returns');
  for (const [name, definition] of Object.entries<object>(variables))
    checkRecord(definition, `Variable "${name}" of flag "${key}"`, 'one of what variables() returns');
  for (const [variationKey, values] of Object.entries(variations)) {
    checkRecord(values, `Variation "${variationKey}" of flag "${key}"`, 'values of variables');
    for (const name of Object.keys(values)) {
      if (name !== 'enabled' && !Object.hasOwn(variables, name)) {
        throw invalid(
          `Variation "${variationKey}" of flag "${key}" sets "${name}", which is not a variable of the flag.`,
        );
      }
    }
  }
  if (!Array.isArray(rules)) throw invalid(`"rules" of flag "${key}" is not a list; expected rules.`);
  checkRecord(environments, `"environments" of flag "${key}"`, 'lists of rules by name');
  for (const rule of [...rules, ...Object.values(environments).flat()]) {
    if (!RULE_KINDS.includes(rule?.kind))
      throw invalid(`A rule of flag "${key}" is not a rule; expected what experiment, rollout or importedRule return.`);
    for (const variationKey of variationsOf(rule)) {
      if (!Object.hasOwn(variations, variationKey)) {
        throw invalid(
          `A rule of flag "${key}" serves "${variationKey}", which is not a variation of the flag; expected ${Object.keys(variations).join(', ')}.`,
        );
      }
    }
  }
  return { kind: 'flag', key, variables, variations, rules: rules as never, environments: environments as never };
}

/** Keeps a share of users out of every flag, or out of some rules. */
export function holdout(
  key: string,
  options: { readonly share: number; readonly audience?: AudienceDefinition; readonly rules?: readonly string[] },
): HoldoutDefinition {
  checkKey(key, 'holdout');
  const { share, audience: who, rules } = checkRecord(options, `Holdout "${key}"`, '{ share }');
  if (rules !== undefined && !Array.isArray(rules))
    throw invalid(`The rules of holdout "${key}" are not a list; expected keys of rules, or none for every flag.`);
  return { kind: 'holdout', key, audience: checkAudience(who), share, rules };
}

/** Makes experiments exclude each other. */
export function group(key: string, experiments: Readonly<Record<string, number>>): GroupDefinition {
  checkKey(key, 'group');
  return {
    kind: 'group',
    key,
    experiments: checkRecord(experiments, `Group "${key}"`, 'percent by experiment key'),
  };
}

/** Defines a conversion that applications track. */
export function event<const Key extends string>(key: Key): EventDefinition<Key> {
  return { kind: 'event', key: checkText(key, 'The key of an event') as Key };
}

/** Defines an attribute that no audience uses, so that events contain it. */
export function attribute<const Key extends string>(key: Key): AttributeDefinition<Key> {
  return { kind: 'attribute', key: checkText(key, 'The key of an attribute') as Key };
}

/**
 * A rule of a flag in the datafile's own spelling, which `sortition build --from` writes for rules that `experiment`
 * and `rollout` cannot express: bandits, variations whose values differ from rule to rule, and others.
 */
export function importedRule(
  as: 'experiment' | 'delivery',
  json: Readonly<Record<string, unknown>>,
): ImportedRuleDefinition {
  return { kind: 'imported-rule', as, json: checkRecord(json, 'An imported rule', 'one as a datafile has it') };
}

/**
 * An entity in the datafile's own spelling, as `sortition build --from` writes it when no other function can express
 * it.
 */
export function imported(section: ImportedSection, json: Readonly<Record<string, unknown>>): ImportedDefinition {
  checkRecord(json, 'An imported entity', 'one as a datafile has it');
  return { kind: 'imported', key: `${section} ${String(json.id)} ${String(json.key)}`, section, json };
}

const RULE_KINDS: readonly unknown[] = ['experiment', 'rollout', 'imported-rule'];

/** Returns the audience of a rule, or a combination of audiences. */
function checkAudience<A extends RuleAudience>(who: A | undefined): A | undefined {
  if (who === undefined) return who;
  const parts: readonly RuleAudience[] = Array.isArray(who) ? who.slice(1) : [who];
  for (const part of parts) {
    if (Array.isArray(part)) checkAudience(part as RuleAudience);
    else if ((part as AudienceDefinition | null | undefined)?.kind !== 'audience')
      throw invalid('An audience of a rule is not an audience; expected what audience() returns.');
  }
  return who;
}

/** The variations a rule may serve. */
function variationsOf(rule: RuleDefinition): readonly string[] {
  if (rule.kind === 'imported-rule') return [];
  return rule.kind === 'rollout' ? [rule.serve] : [...Object.keys(rule.split), ...Object.values(rule.allow)];
}

function checkKey(key: string, what: string): void {
  if (typeof key !== 'string' || !/^[\w-]+$/.test(key)) {
    throw invalid(`"${String(key)}" is not a key of a ${what}; expected letters, digits, "-" and "_".`);
  }
}

function checkText(text: string, what: string): string {
  if (typeof text !== 'string' || text === '') throw invalid(`${what} is not a text; expected one that is not empty.`);
  return text;
}

function invalid(message: string): SdkError {
  return new SdkError('invalid-option', message);
}
