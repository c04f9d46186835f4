/** The one way this package refuses an argument. */
import { SdkError } from '@sortition/core/errors';

/** @throws SdkError `invalid-option` with `message` when `condition` does not hold. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new SdkError('invalid-option', message);
}
