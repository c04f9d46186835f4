/**
 * How decisions become OpenFeature values, without any OpenFeature SDK: what the providers and the decision server share.
 */
export { type Address, parseAddress, type ValueType } from './address.ts';
export { type ContextUser, type EvaluationContext, readContext } from './evaluation-context.ts';
export {
  type Question,
  type Resolution,
  type ResolutionErrorCode,
  type ResolutionReason,
  resolve,
} from './resolution.ts';
