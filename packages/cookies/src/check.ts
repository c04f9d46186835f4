/** Checks of arguments. */
import { SdkError } from '@sortition/core/errors';

/** @throws SdkError `invalid-option` with `message` when `condition` is false. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new SdkError('invalid-option', message);
}
