/** The calls whose arguments are keys of flags or events: of Sortition, OpenFeature, and the official SDK. */

/** Where a call has its key. */
export type KeyPlace =
  /** A text among the first two arguments; functions of parts have the user in front. */
  | 'flag'
  /** A list among the first three arguments. */
  | 'flags'
  /** The property `flagKey` of an object. */
  | 'flag-of-object'
  /** A flag, or `flag.variable`. */
  | 'address'
  /** The key of an event among the first two arguments. */
  | 'event';

const OPEN_FEATURE = ['Boolean', 'String', 'Number', 'Object'].flatMap((type) => [
  `get${type}Value`,
  `get${type}Details`,
  `use${type}FlagValue`,
  `use${type}FlagDetails`,
]);

const FLAG_CALLS = [
  'decide',
  'decideAsync',
  'explain',
  'useDecision',
  'useVariable',
  'isFeatureEnabled',
  'getFeatureVariable',
  'getFeatureVariableBoolean',
  'getFeatureVariableDouble',
  'getFeatureVariableInteger',
  'getFeatureVariableJSON',
  'getFeatureVariableString',
  'getAllFeatureVariables',
];

/** Name of a function or method to where its key is. */
export const CALLS: ReadonlyMap<string, KeyPlace> = new Map<string, KeyPlace>([
  ...FLAG_CALLS.map((name) => [name, 'flag'] as const),
  ...['decideForKeys', 'decideForKeysAsync', 'useDecisions', 'decideForPage'].map((name) => [name, 'flags'] as const),
  ...['setForcedDecision', 'getForcedDecision', 'removeForcedDecision'].map(
    (name) => [name, 'flag-of-object'] as const,
  ),
  ...[...OPEN_FEATURE, 'useFlag', 'useSuspenseFlag'].map((name) => [name, 'address'] as const),
  ...['track', 'trackEvent'].map((name) => [name, 'event'] as const),
]);
