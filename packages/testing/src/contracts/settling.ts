/** Checks of the promises of a part: each has to settle, and to fail only in the documented way. */
import { isSdkError, type SdkErrorCode } from '@sortition/core';

/** Only distinguishes finished from hanging promises, even on a busy machine. */
export const PATIENCE_MS = 10_000;

/** For a whole test, which may wait several times; vitest's default limit would expire first. */
export const TEST_TIMEOUT_MS: number = 6 * PATIENCE_MS;

/** Settles as the promise does; rejects when that does not settle. */
export function inTime<T>(promise: PromiseLike<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => reject(new Error(`It had not settled after ${PATIENCE_MS} ms.`));
    const timer = setTimeout(giveUp, PATIENCE_MS);
    Promise.resolve(promise)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Resolves to the code of the `SdkError` with which the promise rejects; otherwise rejects. */
export async function codeOfRejection(promise: PromiseLike<unknown>): Promise<SdkErrorCode> {
  let resolved: unknown;
  try {
    resolved = await inTime(promise);
  } catch (error) {
    if (isSdkError(error)) return error.code;
    throw new Error('It rejected with something else than an SdkError.', { cause: error });
  }
  throw new Error('It resolved where it has to reject.', { cause: resolved });
}

/** Resolves when the promise has settled; rejects when it rejects with anything else than an `SdkError`. */
export async function settled(promise: PromiseLike<unknown>): Promise<void> {
  try {
    await inTime(promise);
  } catch (error) {
    await codeOfRejection(Promise.reject(error));
  }
}
