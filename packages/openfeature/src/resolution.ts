/** Resolutions: what OpenFeature learns about one evaluation. */
import { type Decision, type DecisionDetails, decisionDetails } from 'sortition';
import type { Address, ValueType } from './address.ts';
import { findValue } from './flag-value.ts';

/** Why a value was answered, in OpenFeature's words. */
export type ResolutionReason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'DEFAULT' | 'ERROR';

/** Why there is no value, in OpenFeature's words. */
export type ResolutionErrorCode =
  | 'FLAG_NOT_FOUND'
  | 'TYPE_MISMATCH'
  | 'PARSE_ERROR'
  | 'TARGETING_KEY_MISSING'
  | 'PROVIDER_NOT_READY'
  | 'GENERAL';

/** What is known of the decision behind a value. */
export type ResolutionMetadata = Record<string, string | number | boolean>;

/** The answer to one question: the shape of OpenFeature's resolution details, without its enumerations. */
export interface Resolution {
  readonly value: unknown;
  readonly reason: ResolutionReason;
  /** The variation key. */
  readonly variant?: string;
  readonly errorCode?: ResolutionErrorCode;
  readonly errorMessage?: string;
  readonly flagMetadata: ResolutionMetadata;
}

/** What is asked for. */
export interface Question {
  readonly address: Address;
  readonly type: ValueType;
  /** Answered when there is no value. */
  readonly defaultValue: unknown;
  readonly isStrict: boolean;
  /** Told what the caller may want to change; the same text comes again with every evaluation. */
  hint(message: string): void;
}

/** Answers a question from a decision. */
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

/** Answers the default. */
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

/** The basis of a decision in OpenFeature's words. */
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
