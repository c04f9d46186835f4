/** Flags as code: a datafile from TypeScript, and traffic that grows without moving a user. */
export { type Allocation, allocate, type TrafficRange } from './allocate.ts';
export {
  type Assertion,
  type BranchAssertion,
  expectEveryBranch,
  expectSplit,
  expectVariation,
  type SplitAssertion,
  type TestedUser,
  type VariationAssertion,
} from './assertions.ts';
export { type BuildOptions, type BuiltDatafile, buildDatafile } from './build-datafile.ts';
export type { Move } from './build-state.ts';
export {
  type AttributeConditions,
  type AttributeLiteral,
  all,
  any,
  type Condition,
  type ConditionTree,
  type ConditionUser,
  condition,
  inSegment,
  not,
} from './conditions.ts';
export {
  type AttributeDefinition,
  type AudienceCombination,
  type AudienceDefinition,
  attribute,
  audience,
  type Definition,
  type EventDefinition,
  type ExperimentDefinition,
  event,
  experiment,
  type FlagDefinition,
  flag,
  type GroupDefinition,
  group,
  type HoldoutDefinition,
  holdout,
  type ImportedDefinition,
  type ImportedRuleDefinition,
  type ImportedSection,
  imported,
  importedRule,
  type RolloutDefinition,
  type RuleAudience,
  type RuleDefinition,
  rollout,
  type VariationDefinition,
} from './definitions.ts';
export type { AttributesOf, EventsOf, FlagsOf } from './flag-types.ts';
export {
  double,
  type VariableDefinition,
  type VariableDefinitions,
  type VariableValues,
  variables,
} from './variables.ts';
