/** Resolutions: OpenFeature's details of one evaluation. */
import { type Decision, type DecisionDetails, decisionDetails } from 'sortition';
import type { Address, ValueType } from './address.ts';
import { findValue } from './flag-value.ts';

/** The reason of a value, as a word of OpenFeature. */
export type ResolutionReason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'DEFAULT' | 'ERROR';

/** Why there is no value, as a word of OpenFeature. */
export type ResolutionErrorCode =
  | 'FLAG_NOT_FOUND'
  | 'TYPE_MISMATCH'
  | 'PARSE_ERROR'
  | 'TARGETING_KEY_MISSING'
  | 'PROVIDER_NOT_READY'
  | 'GENERAL';

/** Details of the decision behind a value. */
export type ResolutionMetadata = Record<string, string | number | boolean>;

/** The result of one evaluation: OpenFeature's resolution details, without its enumerations. */
export interface Resolution {
  readonly value: unknown;
  readonly reason: ResolutionReason;
  /** The variation key. */
  readonly variant?: string;
  readonly errorCode?: ResolutionErrorCode;
  readonly errorMessage?: string;
  readonly flagMetadata: ResolutionMetadata;
}

/** The request. */
export interface Question {
  readonly address: Address;
  readonly type: ValueType;
  /** Returned when there is no value. */
  readonly defaultValue: unknown;
  readonly isStrict: boolean;
  /** Called with a hint for the caller; with the same text at every evaluation. */
  hint(message: string): void;
}

/** Returns the result for a decision. */
export function resolve(decision: Decision, question: Question): Resolution {
  const details = decisionDetails(decision);
  const flagMetadata = readMetadata(decision, details);
  if (details === null || details.errorCode !== null) {
    return fail(question, toErrorCode(details), decision.reasons.join(' '), flagMetadata);
  }
  const found = findValue(decision, question.address, question.type, question.isStrict);
  if ('errorCode' in found) return fail(question, found.errorCode, found.message, flagMetadata);
  if (found.hint !== undefined) question.hint(found.hint);
  const { variationKey } = decision;
  return {
    value: found.value,
    reason: readReason(decision, details),
    ...(variationKey !== null && { variant: variationKey }),
    flagMetadata,
  };
}

/** Returns the default value. */
export function fail(
  { defaultValue }: Pick<Question, 'defaultValue'>,
  errorCode: ResolutionErrorCode,
  errorMessage: string,
  flagMetadata: ResolutionMetadata = {},
): Resolution {
  return {
    value: defaultValue,
    reason: 'ERROR',
    errorCode,
    errorMessage,
    flagMetadata,
  };
}

function toErrorCode(details: DecisionDetails | null): ResolutionErrorCode {
  if (details?.errorCode === 'flag-not-found') return 'FLAG_NOT_FOUND';
  return details?.errorCode === 'not-ready' ? 'PROVIDER_NOT_READY' : 'GENERAL';
}

/** Returns the basis of a decision as a reason of OpenFeature. */
function readReason({ variationKey, enabled }: Decision, { basis }: DecisionDetails): ResolutionReason {
  if (variationKey === null) return 'DEFAULT';
  if (!enabled) return 'DISABLED';
  switch (basis) {
    case 'forced':
    case 'allow-list':
    case 'everyone':
      return 'STATIC';
    case 'audience':
      return 'TARGETING_MATCH';
    default:
      return 'SPLIT';
  }
}

function readMetadata({ ruleKey, enabled }: Decision, details: DecisionDetails | null): ResolutionMetadata {
  const metadata: ResolutionMetadata = { enabled };
  if (ruleKey !== null) metadata.ruleKey = ruleKey;
  if (details === null) return metadata;
  const { ruleType, revision, experimentId, variationId } = details;
  if (ruleType !== null) metadata.ruleType = ruleType;
  if (revision !== null) metadata.revision = revision;
  if (experimentId !== null) metadata.experimentId = experimentId;
  if (variationId !== null) metadata.variationId = variationId;
  return metadata;
}
