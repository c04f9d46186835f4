/**
 * Failures to get a datafile as problems: a code to branch on, and a sentence that says which config is used meanwhile.
 */
import { isSdkError, type Problem } from '@sortition/core';
import { tryPart } from '@sortition/core/internal';
import { isDenied } from './poll-schedule.ts';

/** Codes of the problems of a polling source, in addition to those about the datafile's content. */
export type ConfigProblemCode =
  | 'request-failed'
  | 'request-denied'
  | 'timeout'
  | 'invalid-response'
  | 'invalid-datafile'
  | 'revision-reused'
  | 'cache-failed'
  | 'stream-failed'
  | 'option-clamped'
  | 'unknown-option';

/** Returns the problem code of a failed poll. */
export function pollProblemCode(error: unknown): ConfigProblemCode {
  if (isDenied(error)) return 'request-denied';
  const code = isSdkError(error) && error.code;
  return code === 'timeout' || code === 'invalid-response' || code === 'invalid-datafile' ? code : 'request-failed';
}

export function configProblem(code: ConfigProblemCode, message: string, cause?: unknown): Problem {
  const part = code === 'invalid-datafile' || code === 'revision-reused' ? 'datafile' : 'config';
  return { code, part, message, ...(cause !== undefined && { cause }) };
}

/** Returns the message of an error; an application may throw any value. Never throws. */
export function messageOf(error: unknown): string {
  const text = tryPart(() => (error ? String(error instanceof Error ? error.message : error) : ''));
  return text || 'The error cannot be shown.';
}
