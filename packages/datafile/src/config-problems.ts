/** Failures of delivery as problems: a code to branch on, and a sentence that says what goes on serving. */
import { isSdkError, type Problem } from '@sortition/core';
import { classifyStatus, statusCauseOf } from '@sortition/http';

/** Codes of the problems a polling source reports, beside those of the datafile's content. */
export type ConfigProblemCode =
  | 'request-failed'
  | 'request-denied'
  | 'timeout'
  | 'invalid-response'
  | 'invalid-datafile'
  | 'revision-reused'
  | 'cache-failed'
  | 'stream-failed'
  | 'option-clamped';

/** For a poll that brought nothing. */
export function pollProblem(error: unknown, hasConfig: boolean, delayMs: number): Problem {
  const code = pollProblemCode(error);
  const serving = hasConfig ? 'The last accepted config goes on serving' : 'There is no config yet';
  const message = `${messageOf(error)} ${serving}; the next attempt is in ${Math.ceil(delayMs / 1_000)} s.`;
  return configProblem(code, message, error);
}

export function configProblem(code: ConfigProblemCode, message: string, cause?: unknown): Problem {
  const part = code === 'invalid-datafile' || code === 'revision-reused' ? 'datafile' : 'config';
  return { code, part, message, ...(cause === undefined ? {} : { cause }) };
}

/** An error's own sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pollProblemCode(error: unknown): ConfigProblemCode {
  const status = statusCauseOf(error);
  if (status !== null) return classifyStatus(status.status) === 'denied' ? 'request-denied' : 'request-failed';
  if (!isSdkError(error)) return 'request-failed';
  const { code } = error;
  return code === 'timeout' || code === 'invalid-response' || code === 'invalid-datafile' ? code : 'request-failed';
}
