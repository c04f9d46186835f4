/**
 * Code that the packages of this repository share and applications do not use. It is not covered by semantic
 * versioning: every release of the packages depends on the exact release of `@sortition/core` it was built with.
 */
export { callPart, isThenable, tryPart } from './call-part.ts';
export { findOwnVariation, indexVariations, sharesExperiments } from './compiled-config.ts';
export { exceedsDepth, MAX_CONDITION_DEPTH } from './condition-tree.ts';
export { decideByRules, NO_INPUT } from './decide.ts';
export type { CompleteInput } from './evaluation.ts';
export { closestName, describeUnknownName, listUnknownOptions } from './known-names.ts';
export { createListenerRegistry, type ListenerRegistry } from './listener-registry.ts';
export {
  type Bounds,
  checkOption,
  checkOptionsObject,
  describeValue,
  hasMethods,
  invalidOption,
  readBoolean,
  readChoice,
  readFunction,
  readInteger,
  readMethods,
  readNumber,
  readObject,
  readOption,
  readString,
} from './options.ts';
export { createRecentMap, type RecentMap } from './recent-map.ts';
export { hashText } from './split-hash.ts';
export { cmabAttributes, decidedByBandit } from './steps/bandit.ts';
export { setOwn, withAttributes } from './user.ts';
export { answerLookup, borrowProfile, LEND, type LentProfile } from './user-profile.ts';
export { deepFreeze, NO_VARIABLES } from './variables.ts';
